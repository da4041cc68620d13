/** ES256: ECDSA on P-256 with SHA-256 (RFC 9053 § 2.1). COSE_Key of 77 bytes, PKCS#8 of 138 with the public key and 67 without. */
import { createEcKeyForm } from "./ec-key.ts";

export const ES256 = -7;

export const ES256_KEY = createEcKeyForm({
  fieldBytes: 32,
  algorithm: [0x26],
  curve: 1,
  // 1.2.840.10045.3.1.7
  curveIdentifier: [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
});
