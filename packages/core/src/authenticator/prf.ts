/**
 * The pseudo-random function of a passkey (CTAP 2.2 § 12.7, WebAuthn L3 § 10.1.4): HMAC-SHA-256(seed, salt), with one of two seeds
 * that were made with the passkey. Seeds are used as they are, so that an exported passkey gives the same outputs elsewhere.
 *
 *   seeds = with user verification(32) ‖ without(32)
 */
import { concatBytes } from "../bytes/concat.ts";
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import { wipe } from "../crypto/wipe.ts";
import type { SecretTransportCrypto } from "../ports.ts";

const SEED_BYTES = 32;
const SALT_BYTES = 32;
const OUTPUT_BYTES = 32;
export const PRF_SEEDS_BYTES = 2 * SEED_BYTES;

/** One output of 32 bytes for each salt of 32 bytes. */
export function evaluatePrf(
  transport: SecretTransportCrypto,
  seeds: Uint8Array,
  verified: boolean,
  salts: Uint8Array,
): Uint8Array {
  const seed = verified ? seeds.subarray(0, SEED_BYTES) : seeds.subarray(SEED_BYTES);
  const outputs: Uint8Array[] = [];
  for (let at = 0; at < salts.length; at += SALT_BYTES) {
    outputs.push(transport.hmacSha256(seed, salts.subarray(at, at + SALT_BYTES)));
  }
  const joined = concatBytes(...outputs);
  wipe(...outputs);
  return joined;
}

/** `{first, second?}` for the unsigned form. */
export function toPrfResults(outputs: Uint8Array): CborMap {
  const results = new Map<CborKey, CborValue>([["first", outputs.slice(0, OUTPUT_BYTES)]]);
  if (outputs.length > OUTPUT_BYTES) results.set("second", outputs.slice(OUTPUT_BYTES));
  return results;
}
