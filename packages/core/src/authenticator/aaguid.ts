/**
 * Latchkey's AAGUID, 548c0c88-2035-41cf-a682-59de96183952: drawn at random for this project, in textual order. It tells a relying
 * party the make of the authenticator ("made by …") and nothing about the device: every Latchkey has the same. Never all zeros,
 * which would read as "unknown" and change what clients do with attestation.
 */
export const AAGUID = new Uint8Array([
  0x54, 0x8c, 0x0c, 0x88, 0x20, 0x35, 0x41, 0xcf, 0xa6, 0x82, 0x59, 0xde, 0x96, 0x18, 0x39, 0x52,
]);
