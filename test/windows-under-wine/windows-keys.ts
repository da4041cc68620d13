/**
 * The keys that Windows would have: one signs requests, one the person's verifications. The fake has no cryptography, so the test makes
 * signatures and lays them down.
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface WindowsKey {
  /** BCRYPT ECC public blob. */
  readonly blob: Uint8Array;
  /** r ‖ s over SHA-256. */
  sign(data: Uint8Array): Uint8Array;
}

const CURVES = {
  "P-256": { magic: "ECS1", bytes: 32 },
  "P-384": { magic: "ECS3", bytes: 48 },
} as const;

export function makeWindowsKey(namedCurve: keyof typeof CURVES): WindowsKey {
  const { magic, bytes } = CURVES[namedCurve];
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  const coordinates = [x, y].map((text) => Buffer.from(text, "base64url"));
  return {
    blob: new Uint8Array(Buffer.concat([Buffer.from(magic, "latin1"), length, ...coordinates])),
    sign: (data) => signRaw(privateKey, data),
  };
}

const signRaw = (key: KeyObject, data: Uint8Array): Uint8Array =>
  new Uint8Array(sign("sha256", data, { key, dsaEncoding: "ieee-p1363" }));
