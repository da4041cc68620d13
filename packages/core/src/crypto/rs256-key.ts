/**
 * RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8812 § 2). Core has no RSA: a host lends it, and reads and writes PKCS#8 with it.
 *
 *   COSE_Key (RFC 8230 § 4)   a4 | 01 03 | 03 390100 | 20 modulus | 21 43 010001     the modulus without leading zeros
 */
import { encodeCbor } from "../cbor/codec.ts";

export const RS256 = -257;

/** New keys have 2048 bits; imported ones may be longer. */
export const RS256_MODULUS_BITS = 2048;
export const RS256_MAX_MODULUS_BITS = 4096;
/** 65537, which every platform uses. */
export const RS256_EXPONENT = Uint8Array.of(0x01, 0x00, 0x01);

/** The COSE_Key of a modulus, big-endian without leading zeros. */
export const encodeRs256PublicKey = (modulus: Uint8Array): Uint8Array =>
  encodeCbor(
    new Map<number, number | Uint8Array>([
      [1, 3],
      [3, RS256],
      [-1, modulus],
      [-2, RS256_EXPONENT],
    ]),
  );
