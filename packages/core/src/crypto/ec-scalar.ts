/** Fresh private scalars of an elliptic curve. */
import type { p256 } from "@noble/curves/nist.js";
import type { Random } from "../ports.ts";
import { wipe } from "./wipe.ts";

/** A scalar without bias (FIPS 186-5 A.2.1): half as many random bytes again as the order has, reduced. The caller wipes it. */
export function makeScalar(curve: typeof p256, random: Random): Uint8Array {
  const seed = random(Math.ceil((3 * curve.lengths.secretKey!) / 2));
  try {
    return curve.utils.randomSecretKey(seed);
  } finally {
    wipe(seed);
  }
}
