/**
 * IP addresses as the relay uses them: which share a rate bucket, and which are inside a network that the operator named. A bucket is for
 * an IPv4 address alone, for an IPv6 address with its /64 (a household gets one), and, four times as large, with its /48 (a customer gets
 * one at most). IPv4 in IPv6 (::ffff:a.b.c.d) counts as IPv4.
 */

export interface IpGroup {
  readonly narrow: string;
  /** The /48, or `null` for IPv4. */
  readonly wide: string | null;
}

/** A CIDR block. */
export interface Network {
  /** The words of its address: 2 for IPv4, 8 for IPv6. */
  readonly words: readonly number[];
  readonly bits: number;
}

/** How much more a /48 gets than a /64. */
export const WIDE_FACTOR = 4;

const WORD_BITS = 16;
const IPV4 = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/;
const PORT = /^(?:\[(.*)\]|([0-9.]+))(?::[0-9]{1,5})?$/;

/** The group of a socket's peer address. What is no address (a host that cannot tell) is one group of its own. */
export function groupOf(address: string): IpGroup {
  const words = readWords(address);
  if (words === null) return { narrow: "unknown", wide: null };
  if (words.length === 2) return { narrow: formatWords(words), wide: null };
  const prefix = (count: number): string =>
    words
      .slice(0, count)
      .map((word) => word.toString(16))
      .join(":");
  return { narrow: `${prefix(4)}/64`, wide: `${prefix(3)}/48` };
}

/** The address in a proxy's header: with or without a port, IPv6 bracketed or not. `null`: none. */
export function addressOf(text: string): string | null {
  const trimmed = text.trim();
  const [, bracketed, plain] = PORT.exec(trimmed) ?? [];
  const address = bracketed ?? plain ?? trimmed;
  return readWords(address) === null ? null : address;
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone. `null`: neither. */
export function readNetwork(text: string): Network | null {
  const [address = "", prefix, ...rest] = text.trim().split("/");
  const words = readWords(address);
  if (words === null || rest.length > 0) return null;
  const most = words.length * WORD_BITS;
  if (prefix !== undefined && !/^[0-9]{1,3}$/.test(prefix)) return null;
  const bits = prefix === undefined ? most : Number(prefix);
  return bits <= most ? { words, bits } : null;
}

export function isInside(address: string, network: Network): boolean {
  const words = readWords(address);
  return (
    words !== null &&
    words.length === network.words.length &&
    network.words.every((word, i) => {
      const bits = Math.min(WORD_BITS, Math.max(0, network.bits - i * WORD_BITS));
      return (word ^ (words[i] as number)) >> (WORD_BITS - bits) === 0;
    })
  );
}

const formatWords = (words: readonly number[]): string =>
  words.flatMap((word) => [word >> 8, word & 255]).join(".");

/** Two words of IPv4, or eight of IPv6; `null` for what is no address. */
function readWords(address: string): readonly number[] | null {
  const [plain = ""] = address.split("%");
  const ipv4 = /^::ffff:([0-9.]+)$/i.exec(plain)?.[1] ?? plain;
  if (!IPV4.test(ipv4)) return readIpv6(plain);
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return Math.max(a, b, c, d) > 255 ? null : [(a << 8) | b, (c << 8) | d];
}

function readIpv6(address: string): readonly number[] | null {
  const halves = address.toLowerCase().split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return words.every((word) => /^[0-9a-f]{1,4}$/.test(word))
    ? words.map((word) => Number.parseInt(word, 16))
    : null;
}
