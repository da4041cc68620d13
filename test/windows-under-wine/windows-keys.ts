/**
 * The keys that Windows would have: one signs requests, one the person's verifications. The fake has no cryptography, so the test makes
 * signatures and lays them down.
 */
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface WindowsKey {
  /** BCRYPT public blob. */
  readonly blob: Uint8Array;
  /** Over SHA-256: r ‖ s, or RSA-PSS with a salt of 32 bytes. */
  sign(data: Uint8Array): Uint8Array;
}

/** What Windows chooses from, by what the TPM can. */
export type WindowsKeyKind = "P-256" | "P-384" | "RSA";

const CURVES = {
  "P-256": { magic: "ECS1", bytes: 32 },
  "P-384": { magic: "ECS3", bytes: 48 },
} as const;

export function makeWindowsKey(kind: WindowsKeyKind): WindowsKey {
  return kind === "RSA" ? makeRsaKey() : makeEccKey(kind);
}

function makeEccKey(namedCurve: keyof typeof CURVES): WindowsKey {
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

function makeRsaKey(): WindowsKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const [modulus, exponent] = [Buffer.from(n, "base64url"), Buffer.from(e, "base64url")];
  const header = Buffer.alloc(24);
  header.write("RSA1", "latin1");
  header.writeUInt32LE(8 * modulus.length, 4);
  header.writeUInt32LE(exponent.length, 8);
  header.writeUInt32LE(modulus.length, 12);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return {
    blob: new Uint8Array(Buffer.concat([header, exponent, modulus])),
    sign: (data) => new Uint8Array(sign("sha256", data, { key: privateKey, ...padding })),
  };
}
