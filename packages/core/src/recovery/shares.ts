/**
 * A page's secret as three shares of which any two give it back, and one tells nothing (Shamir, over GF(256), by an audited library). The
 * library draws its own randomness from the platform's: see decision 032.
 *
 *   share's 20 bytes, place = value and argument of the polynomials      set = first 7 bits of H(page-set, secret)
 */
import { combine, split } from "shamir-secret-sharing";
import { equalBytes } from "../bytes/equal.ts";
import { concatBytes } from "../bytes/concat.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { PAGE_SECRET_BYTES } from "../membership/page.ts";
import type { PageText } from "./page-text.ts";

export const SHARES = 3;
export const THRESHOLD = 2;

/** The whole secret as one page. */
export const wholePage = (secret: Uint8Array): PageText => ({ part: 0, place: 0, set: 0, bytes: secret });

/** Three pages. Whoever calls wipes their bytes. */
export async function splitSecret(secret: Uint8Array): Promise<PageText[]> {
  const shares = await split(secret, SHARES, THRESHOLD);
  return shares.map((share, i) => ({
    part: i + 1,
    place: share[PAGE_SECRET_BYTES] as number,
    set: deriveSet(secret),
    bytes: share.subarray(0, PAGE_SECRET_BYTES),
  }));
}

/** How many pages are still needed for the secret: 0 when `joinPages` can be called. */
export function countMissing(pages: readonly PageText[]): number {
  if (pages.some(({ part }) => part === 0)) return 0;
  return Math.max(0, THRESHOLD - new Set(pages.map(({ place }) => place)).size);
}

/**
 * The secret, 20 bytes, from a whole page or two shares. Throws `LK-RECOVERY-SHARES` for one share alone, the same share twice, shares of
 * two secrets, or a whole page beside another one.
 */
export async function joinPages(pages: readonly PageText[]): Promise<Uint8Array> {
  const [first, second] = pages;
  if (first === undefined) throw refused("there is no page");
  if (first.part === 0) {
    if (pages.some(({ bytes }) => !equalBytes(bytes, first.bytes))) throw refused("pages are of two secrets");
    return first.bytes.slice();
  }
  if (second === undefined || countMissing(pages) > 0) throw refused("one share of two is here");
  if (pages.some(({ part, set }) => part === 0 || set !== first.set))
    throw refused("pages are of two secrets");
  if (pages.length > THRESHOLD) return joinPages(pages.slice(0, THRESHOLD));
  const shares = [first, second].map(({ bytes, place }) => concatBytes(bytes, Uint8Array.of(place)));
  try {
    const secret = await combine(shares);
    if (deriveSet(secret) === first.set) return secret;
    wipe(secret);
    throw refused("pages are of two secrets");
  } finally {
    wipe(...shares);
  }
}

const refused = (message: string): VaultError => new VaultError("LK-RECOVERY-SHARES", message);

const deriveSet = (secret: Uint8Array): number => (hash(LABELS.pageSet, secret)[0] as number) >> 1;
