/**
 * Which addresses share a rate bucket: an IPv4 address alone, an IPv6 address with its /64 (a household gets one), and, four times as
 * large, with its /48 (a customer gets one at most). IPv4 in IPv6 (::ffff:a.b.c.d) counts as IPv4.
 */

export interface IpGroup {
  readonly narrow: string;
  /** The /48, or `null` for IPv4. */
  readonly wide: string | null;
}

/** How much more a /48 gets than a /64. */
export const WIDE_FACTOR = 4;

const IPV4 = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/;

/** The group of a socket's peer address. What is no address (a host that cannot tell) is one group of its own. */
export function groupOf(address: string): IpGroup {
  const [plain = ""] = address.split("%");
  const mapped = /^::ffff:([0-9.]+)$/i.exec(plain)?.[1] ?? plain;
  if (IPV4.test(mapped)) return { narrow: mapped, wide: null };
  const words = expandIpv6(plain);
  if (words === null) return { narrow: "unknown", wide: null };
  return { narrow: `${words.slice(0, 4).join(":")}/64`, wide: `${words.slice(0, 3).join(":")}/48` };
}

/** The eight words, or `null`. */
function expandIpv6(address: string): readonly string[] | null {
  const halves = address.toLowerCase().split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/.test(word))) return null;
  return words.map((word) => Number.parseInt(word, 16).toString(16));
}
