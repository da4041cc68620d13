/** ES384: ECDSA on P-384 with SHA-384 (RFC 9053 § 2.1). COSE_Key of 110 bytes, PKCS#8 of 185 with the public key and 80 without. */
import { createEcKeyForm } from "./ec-key.ts";

export const ES384 = -35;

export const ES384_KEY = createEcKeyForm({
  fieldBytes: 48,
  algorithm: [0x38, 0x22],
  curve: 2,
  // 1.3.132.0.34
  curveIdentifier: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
});
