/** What a browser lends to core: its clock and its random source. */
import type { Clock, Random } from "@latchkey/core/ports";

/** Web Cryptography § 10.1.1: more in one call is refused. */
const MAX_AT_ONCE = 65_536;

export const browserClock: Clock = { now: () => Date.now() };

export const browserRandom: Random = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MAX_AT_ONCE)
    crypto.getRandomValues(bytes.subarray(at, at + MAX_AT_ONCE));
  return bytes;
};
