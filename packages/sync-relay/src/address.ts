/**
 * IP addresses as the relay uses them (relay.md § 10). Which share a rate bucket: an IPv4 address has its own, an IPv6 address shares one
 * with its /64 (a household gets one) and another, four times as large, with its /48 (a customer gets one at most). And which address a
 * request really comes from: the socket's peer, unless that is a proxy that the operator named. IPv4 in IPv6 counts as IPv4.
 */
import {
  convertIPv4MappedIPv6ToIPv4,
  convertIPv4ToBinary,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from "hono/utils/ipaddr";

/** Who shares a bucket, and how many times the usual it gets; the narrowest first. */
export type IpGroup = readonly { readonly key: string; readonly factor: number }[];

/** How much more a /48 gets than a /64. */
const WIDE_FACTOR = 4;

interface Address {
  readonly value: bigint;
  readonly length: 32 | 128;
}

/** A CIDR block. */
export interface Network extends Address {
  readonly bits: number;
}

export interface Proxies {
  readonly trusted: readonly Network[];
  /** Lower case, or `null` for X-Forwarded-For. */
  readonly header: string | null;
}

export const FORWARDED_FOR = "x-forwarded-for";
const MAX_HOPS = 16;
const WITH_PORT = /^(?:\[(.*)\]|([0-9.]+))(?::[0-9]{1,5})?$/;

function readAddress(text: string): Address | null {
  try {
    if (!text.includes(":")) return { value: convertIPv4ToBinary(text), length: 32 };
    const value = convertIPv6ToBinary(text);
    if (!isIPv4MappedIPv6(value)) return { value, length: 128 };
    return { value: convertIPv4MappedIPv6ToIPv4(value), length: 32 };
  } catch {
    return null;
  }
}

/** The group of a socket's peer address. What is no address (a host that cannot tell) is one group of its own. */
export function groupOf(text: string): IpGroup {
  const address = readAddress(text);
  if (address === null) return [{ key: "unknown", factor: 1 }];
  const { length, value } = address;
  const share = (bits: number, factor: number) => ({
    key: `${(value >> BigInt(length - bits)).toString(16)}/${bits}`,
    factor,
  });
  return length === 32 ? [share(32, 1)] : [share(64, 1), share(48, WIDE_FACTOR)];
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone. `null`: neither. */
export function readNetwork(text: string): Network | null {
  const [, plain = "", prefix] = /^([^/]*)(?:\/([0-9]{1,3}))?$/.exec(text.trim()) ?? [];
  const address = readAddress(plain);
  const bits = Number(prefix ?? address?.length);
  return address === null || bits > address.length ? null : { ...address, bits };
}

export function isInside(text: string, { bits, length, value }: Network): boolean {
  const address = readAddress(text);
  return address?.length === length && (address.value ^ value) >> BigInt(length - bits) === 0n;
}

/**
 * The peer, or, where that is a named proxy, the right-most address of X-Forwarded-For that is none, or what the named header says.
 * Whatever anybody else writes into these headers is not looked at. `header` reads a request header by its lower-case name.
 */
export function readClientAddress(
  peer: string,
  header: (name: string) => string | undefined,
  { trusted, header: named }: Proxies,
): string {
  const isTrusted = (address: string): boolean => trusted.some((network) => isInside(address, network));
  let nearest = peer;
  const hops = (header(named ?? FORWARDED_FOR) ?? "").split(",").slice(named === null ? -MAX_HOPS : -1);
  while (isTrusted(nearest)) {
    const text = hops.pop()?.trim() ?? "";
    const [, bracketed, plain] = WITH_PORT.exec(text) ?? [];
    const address = bracketed ?? plain ?? text;
    // What stands left of nonsense was written by nobody that is trusted.
    if (readAddress(address) === null) return nearest;
    nearest = address;
    if (named !== null) break;
  }
  return nearest;
}
