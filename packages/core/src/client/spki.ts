/**
 * A passkey's public key as SubjectPublicKeyInfo (RFC 5280 § 4.1): what `getPublicKey()` gives to pages that read no COSE (WebAuthn L3
 * § 5.2.1.1).
 */
import { asBytes, asInteger, readRequired } from "../authenticator/request-map.ts";
import { concatBytes } from "../bytes/concat.ts";
import type { CborMap } from "../cbor/codec.ts";
import { encodeDer } from "../crypto/der.ts";
import { readAnswer } from "./authenticator-port.ts";

const INTEGER = 0x02;
const BITS = 0x03;
const SEQUENCE = 0x30;
/** OBJECT IDENTIFIERs with their tags. */
const EC_PUBLIC_KEY = Uint8Array.of(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const P256 = Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);
const P384 = Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22);
const ED25519 = Uint8Array.of(0x06, 0x03, 0x2b, 0x65, 0x70);
const RSA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00);

const encodeInfo = (algorithm: Uint8Array[], key: Uint8Array): Uint8Array =>
  encodeDer(SEQUENCE, encodeDer(SEQUENCE, ...algorithm), encodeDer(BITS, Uint8Array.of(0), key));

/** Of a COSE_Key with the algorithm ES256, ES384, EdDSA or RS256; `null` for others. */
export const encodePublicKeyInfo = (key: CborMap, algorithm: number): Uint8Array | null =>
  readAnswer(() => {
    const part = (label: number) => readRequired(key, label, `COSE_Key ${label}`, asBytes);
    const point = () => concatBytes(Uint8Array.of(0x04), part(-2), part(-3));
    switch (algorithm) {
      case -7:
        return encodeInfo([EC_PUBLIC_KEY, P256], point());
      case -35:
        return encodeInfo([EC_PUBLIC_KEY, P384], point());
      case -8:
        // The identifier EdDSA stands for other curves, too.
        return readRequired(key, -1, "COSE_Key -1", asInteger) === 6 ? encodeInfo([ED25519], part(-2)) : null;
      case -257:
        return encodeInfo([RSA], encodeDer(SEQUENCE, encodeInteger(part(-1)), encodeInteger(part(-2))));
      default:
        return null;
    }
  });

/** Unsigned, big-endian: a byte of zeros in front keeps it positive. */
const encodeInteger = (bytes: Uint8Array): Uint8Array =>
  encodeDer(INTEGER, (bytes[0] ?? 0) < 0x80 ? bytes : concatBytes(Uint8Array.of(0), bytes));
