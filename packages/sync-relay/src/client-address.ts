/**
 * The address that a request really comes from (relay.md § 10). It is the socket's peer, unless that is one of the proxies that the
 * operator named: then the right-most address of X-Forwarded-For that is not such a proxy, or what the named header says. Whatever
 * anybody else writes into these headers is not looked at.
 */
import { addressOf, type Network, isInside } from "./ip-group.ts";

export interface Proxies {
  readonly trusted: readonly Network[];
  /** Lower case, or `null` for X-Forwarded-For. */
  readonly header: string | null;
}

export const FORWARDED_FOR = "x-forwarded-for";
const MAX_HOPS = 16;

/** `header` reads a request header by its lower-case name. */
export function readClientAddress(
  peer: string,
  header: (name: string) => string | undefined,
  { trusted, header: named }: Proxies,
): string {
  const isTrusted = (address: string): boolean => trusted.some((network) => isInside(address, network));
  if (!isTrusted(peer)) return peer;
  const hops = (header(named ?? FORWARDED_FOR) ?? "").split(",").slice(-MAX_HOPS);
  if (named !== null) return addressOf(hops.at(-1) ?? "") ?? peer;
  let nearest = peer;
  for (const hop of hops.reverse()) {
    const address = addressOf(hop);
    // What stands left of nonsense was written by nobody that is trusted.
    if (address === null) return nearest;
    nearest = address;
    if (!isTrusted(address)) return address;
  }
  return nearest;
}
