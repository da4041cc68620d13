/**
 * EdDSA on Ed25519 (RFC 9053 § 2.2): the byte forms of the key, which are templates as those of `ec-key.ts` are.
 *
 *   COSE_Key   a4 | 01 01 | 03 27 | 20 06 | 21 5820 public key(32)                                                   42 bytes
 *   PKCS#8 (RFC 8410 § 7), version 0: 302e 020100 | 3005 0603 2b6570 | 0422 0420 seed(32)                            48 bytes
 *   the same, version 1 with the public key: 3051 020101 | … | 0422 0420 seed(32) | 8121 00 public key(32)           83 bytes
 *
 * Written is version 0, which every reader knows; the public key follows from the seed.
 */
import { concatBytes } from "../bytes/concat.ts";
import { refuseKey, startsWith } from "./strict-key.ts";

export const EDDSA = -8;

const KEY_BYTES = 32;
const COSE_BEFORE_KEY = Uint8Array.of(0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20);
/** SEQUENCE { 1.3.101.112 }, and the headers of the seed. */
const BEFORE_SEED = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const BARE_PREFIX = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, ...BEFORE_SEED);
const FULL_PREFIX = Uint8Array.of(0x30, 0x51, 0x02, 0x01, 0x01, ...BEFORE_SEED);
const BEFORE_PUBLIC_KEY = Uint8Array.of(0x81, 0x21, 0x00);
const BARE_BYTES = BARE_PREFIX.length + KEY_BYTES;
const FULL_BYTES = BARE_BYTES + BEFORE_PUBLIC_KEY.length + KEY_BYTES;

export interface EddsaPrivateKey {
  /** 32 bytes. A copy: wipe it. */
  readonly seed: Uint8Array;
  /** 32 bytes if the encoding names it; not yet known to belong to the seed. */
  readonly publicKey: Uint8Array | null;
}

export const encodeEddsaPublicKey = (publicKey: Uint8Array): Uint8Array =>
  concatBytes(COSE_BEFORE_KEY, publicKey);

export const encodeEddsaPrivateKey = (seed: Uint8Array): Uint8Array => concatBytes(BARE_PREFIX, seed);

/** Reads either form. Throws `LK-KEY-SECRET-REFUSED` for everything else. */
export function readEddsaPrivateKey(privateKey: Uint8Array): EddsaPrivateKey {
  // `new Uint8Array`: a `slice` of Node's Buffer is a view.
  const take = (at: number) => new Uint8Array(privateKey.subarray(at, at + KEY_BYTES));
  if (privateKey.length === BARE_BYTES && startsWith(privateKey, BARE_PREFIX)) {
    return { seed: take(BARE_PREFIX.length), publicKey: null };
  }
  if (
    privateKey.length === FULL_BYTES &&
    startsWith(privateKey, FULL_PREFIX) &&
    startsWith(privateKey.subarray(BARE_BYTES), BEFORE_PUBLIC_KEY)
  ) {
    return { seed: take(FULL_PREFIX.length), publicKey: take(FULL_BYTES - KEY_BYTES) };
  }
  return refuseKey();
}
