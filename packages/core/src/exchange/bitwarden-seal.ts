/**
 * Bitwarden's password-protected JSON, opened and made: AES-256-CBC with HMAC-SHA-256 under keys that are expanded, not extracted, from what
 * PBKDF2 or Argon2id makes of the password. The salt is the text of its base64, not the bytes.
 *
 *   {encrypted: true, passwordProtected: true, salt, kdfType, kdfIterations, kdfMemory, kdfParallelism, encKeyValidation_DO_NOT_EDIT, data}
 *   text = "2." ‖ base64(iv 16) ‖ "|" ‖ base64(ciphertext) ‖ "|" ‖ base64(mac 32)
 */
import { base64 } from "@scure/base";
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { JsonMembers } from "./draft.ts";
import type { FileCrypto } from "./file-crypto.ts";
import { decodeLooseBase64, memberOf, textOf } from "./json-file.ts";

const PBKDF2 = 0;
const ARGON2ID = 1;
/** What Bitwarden itself asks at least, and what a file may cost us at most: it is not for a file to choose that freely. */
const BOUNDS = {
  pbkdf2: { min: 5_000, max: 10_000_000 },
  passes: { min: 2, max: 20 },
  memoryMiB: { min: 16, max: 1024 },
  parallelism: { min: 1, max: 16 },
} as const;
/** What we make files with; Bitwarden's own default. */
const WRITTEN_ITERATIONS = 600_000;
const BLOCK = 16;

interface Keys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

/** The plain JSON. Throws `LK-IMPORT-PASSWORD`, `LK-IMPORT-KDF` for a cost out of bounds, `LK-IMPORT-DAMAGED`. */
export async function openBitwarden(
  file: JsonMembers,
  password: string,
  crypto: FileCrypto,
): Promise<Uint8Array> {
  const keys = await deriveKeys(file, password, crypto);
  try {
    if (decrypt(textOf(file, "encKeyValidation_DO_NOT_EDIT"), keys, crypto) === null)
      throw new VaultError("LK-IMPORT-PASSWORD", "file does not open with this password");
    const data = decrypt(textOf(file, "data"), keys, crypto);
    if (data === null) throw new VaultError("LK-IMPORT-DAMAGED", "protected part of the file is damaged");
    return data;
  } finally {
    wipe(keys.encryption, keys.mac);
  }
}

/** The same protection around `plain`, as Bitwarden reads it. */
export async function sealBitwarden(
  plain: Uint8Array,
  password: string,
  crypto: FileCrypto,
  random: Random,
): Promise<JsonMembers> {
  const header = {
    encrypted: true,
    passwordProtected: true,
    salt: base64.encode(random(16)),
    kdfType: PBKDF2,
    kdfIterations: WRITTEN_ITERATIONS,
    kdfMemory: null,
    kdfParallelism: null,
  };
  const keys = await deriveKeys(header, password, crypto);
  try {
    const check = encodeUtf8(makeUuid(random));
    return {
      ...header,
      encKeyValidation_DO_NOT_EDIT: encrypt(check, keys, crypto, random),
      data: encrypt(plain, keys, crypto, random),
    };
  } finally {
    wipe(keys.encryption, keys.mac);
  }
}

async function deriveKeys(file: JsonMembers, password: string, crypto: FileCrypto): Promise<Keys> {
  const salt = textOf(file, "salt");
  if (salt === null) throw new VaultError("LK-IMPORT-DAMAGED", "protected file has no salt");
  const passes = numberOf(file, "kdfIterations");
  const secret = encodeUtf8(password);
  const master = await deriveMaster();
  wipe(secret);
  // HKDF-Expand (RFC 5869 § 2.3) of one block.
  const expand = (info: string): Uint8Array =>
    crypto.hmacSha256(master, concatBytes(encodeUtf8(info), Uint8Array.of(1)));
  const keys = { encryption: expand("enc"), mac: expand("mac") };
  wipe(master);
  return keys;

  async function deriveMaster(): Promise<Uint8Array> {
    const saltBytes = encodeUtf8(salt as string);
    switch (memberOf(file, "kdfType")) {
      case PBKDF2:
        return crypto.pbkdf2(secret, saltBytes, checkCost("pbkdf2", passes));
      case ARGON2ID:
        return crypto.argon2(secret, crypto.sha256(saltBytes), {
          kind: "argon2id",
          passes: checkCost("passes", passes),
          memoryKiB: checkCost("memoryMiB", numberOf(file, "kdfMemory")) * 1024,
          parallelism: checkCost("parallelism", numberOf(file, "kdfParallelism")),
        });
      default:
        throw new VaultError("LK-IMPORT-KDF", "file derives its key in a way that is not known");
    }
  }
}

function numberOf(file: JsonMembers, name: string): number {
  const value = memberOf(file, name);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : -1;
}

function checkCost(name: keyof typeof BOUNDS, value: number): number {
  const { min, max } = BOUNDS[name];
  if (value >= min && value <= max) return value;
  throw new VaultError("LK-IMPORT-KDF", `${name} of the file's key is ${value}, ${min} to ${max} expected`);
}

function decrypt(text: string | null, keys: Keys, crypto: FileCrypto): Uint8Array | null {
  if (text === null || !text.startsWith("2.")) return null;
  const parts = text.slice(2).split("|").map(decodeLooseBase64);
  const [iv, ciphertext, mac] = parts;
  if (parts.length !== 3 || !iv || !ciphertext || !mac) return null;
  if (iv.length !== BLOCK || ciphertext.length === 0 || ciphertext.length % BLOCK !== 0) return null;
  if (!equalBytes(mac, crypto.hmacSha256(keys.mac, concatBytes(iv, ciphertext)))) return null;
  return withoutPadding(crypto.decryptCbc(keys.encryption, iv, ciphertext));
}

function encrypt(plain: Uint8Array, keys: Keys, crypto: FileCrypto, random: Random): string {
  const iv = random(BLOCK);
  const count = BLOCK - (plain.length % BLOCK);
  const ciphertext = crypto.encryptCbc(
    keys.encryption,
    iv,
    concatBytes(plain, new Uint8Array(count).fill(count)),
  );
  const mac = crypto.hmacSha256(keys.mac, concatBytes(iv, ciphertext));
  return `2.${[iv, ciphertext, mac].map((part) => base64.encode(part)).join("|")}`;
}

/** PKCS#7 (RFC 5652 § 6.3); `null` for what has none. */
export function withoutPadding(padded: Uint8Array): Uint8Array | null {
  const count = padded.at(-1) ?? 0;
  if (count < 1 || count > BLOCK || count > padded.length) return null;
  const isWhole = padded.subarray(padded.length - count).every((byte) => byte === count);
  return isWhole ? padded.subarray(0, padded.length - count) : null;
}

function makeUuid(random: Random): string {
  const hex = Array.from(random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
