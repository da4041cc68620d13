/**
 * Opens a KDBX 4 database (KeePass, KeePassXC) down to its XML. Key derivation and decompression are bounded before they begin: a file does not
 * choose what it costs. Passwords only, no key files; the ciphers AES-256 and ChaCha20.
 *
 *   03d9a29a 67fb4bb5 | minor u16 | major u16 | header fields {id u8, length u32, bytes}… 0 | SHA-256(header) | HMAC(header)
 *   | blocks {HMAC(32), length u32, bytes}… 0        all integers little-endian; the blocks' contents joined, decrypted and inflated are
 *   inner header {id u8, length u32, bytes}… 0 | XML
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { withoutPadding } from "./bitwarden-seal.ts";
import type { FileCrypto } from "./file-crypto.ts";
import { MAX_FILE_BYTES } from "./json-file.ts";
import { deriveKdbxKey } from "./kdbx-key.ts";
import { LittleReader } from "./little-reader.ts";

const SIGNATURE = Uint8Array.of(0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5);
const MAJOR = 4;
const HASH_BYTES = 32;
/** Outer header fields. */
const CIPHER = 2;
const COMPRESSION = 3;
const SEED = 4;
const NONCE = 7;
const KEY_DERIVATION = 11;
const AES = "31c1f2e6bf714350be5805216afc5aff";
const CHACHA20 = "d6038a2b8b6f4cb5a524339a31dbb59a";
/** Inner header fields. */
const STREAM = 1;
const STREAM_KEY = 2;
const STREAM_CHACHA20 = 3;

export interface OpenedKdbx {
  readonly xml: Uint8Array;
  /** The key stream that hides protected values, over them joined in document order. */
  readonly reveal: (values: Uint8Array) => Uint8Array;
}

export const isKdbx = (bytes: Uint8Array): boolean =>
  equalBytes(bytes.subarray(0, SIGNATURE.length), SIGNATURE);

function damaged(what: string): never {
  throw new VaultError("LK-IMPORT-DAMAGED", `database ${what}`);
}

/** Throws `LK-IMPORT-VERSION`, `LK-IMPORT-PASSWORD`, `LK-IMPORT-KDF`, `LK-IMPORT-DAMAGED`, `LK-IMPORT-TOO-LARGE`. */
export async function openKdbx(bytes: Uint8Array, password: string, crypto: FileCrypto): Promise<OpenedKdbx> {
  const reader = new LittleReader(bytes, damaged);
  reader.take(SIGNATURE.length);
  reader.uint(2);
  const major = reader.uint(2);
  if (major !== MAJOR)
    throw new VaultError("LK-IMPORT-VERSION", `database has version ${major}, ${MAJOR} is known`);
  const fields = readFields(reader);
  const header = bytes.subarray(0, reader.position);
  if (!equalBytes(crypto.sha256(header), reader.take(HASH_BYTES))) damaged("has a damaged header");
  const seed = fields.get(SEED) ?? damaged("has no seed");
  const secret = encodeUtf8(password);
  const composite = crypto.sha256(crypto.sha256(secret));
  wipe(secret);
  const transformed = await deriveKdbxKey(
    fields.get(KEY_DERIVATION) ?? damaged("has no key"),
    composite,
    crypto,
  );
  const key = crypto.sha256(concatBytes(seed, transformed));
  const macKey = crypto.sha512(concatBytes(seed, transformed, Uint8Array.of(1)));
  wipe(composite, transformed);
  try {
    const mac = crypto.hmacSha256(blockKey(macKey, 0xffff_ffff_ffff_ffffn, crypto), header);
    if (!equalBytes(mac, reader.take(HASH_BYTES)))
      throw new VaultError("LK-IMPORT-PASSWORD", "database does not open with this password");
    const plain = decrypt(fields, key, readBlocks(reader, macKey, crypto), crypto);
    return readInner(inflate(fields, plain, crypto), crypto);
  } finally {
    wipe(key, macKey);
  }
}

function readFields(reader: LittleReader): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  for (;;) {
    const id = reader.uint(1);
    const value = reader.take(reader.uint(4));
    if (id === 0) return fields;
    fields.set(id, value);
  }
}

const indexBytes = (index: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, index, true);
  return bytes;
};

const blockKey = (macKey: Uint8Array, index: bigint, crypto: FileCrypto): Uint8Array =>
  crypto.sha512(concatBytes(indexBytes(index), macKey));

function readBlocks(reader: LittleReader, macKey: Uint8Array, crypto: FileCrypto): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let index = 0n; ; index++) {
    const mac = reader.take(HASH_BYTES);
    const start = reader.position;
    const block = reader.take(reader.uint(4));
    const signed = concatBytes(indexBytes(index), reader.since(start));
    if (!equalBytes(mac, crypto.hmacSha256(blockKey(macKey, index, crypto), signed))) damaged("is damaged");
    if (block.length === 0) return concatBytes(...blocks);
    blocks.push(block);
  }
}

function decrypt(
  fields: ReadonlyMap<number, Uint8Array>,
  key: Uint8Array,
  data: Uint8Array,
  crypto: FileCrypto,
): Uint8Array {
  const cipher = Array.from(fields.get(CIPHER) ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
  const nonce = fields.get(NONCE) ?? damaged("has no nonce");
  if (cipher === CHACHA20 && nonce.length === 12) return crypto.chacha20(key, nonce, data);
  if (cipher !== AES || nonce.length !== 16)
    throw new VaultError("LK-IMPORT-VERSION", "database has a cipher that is not known");
  if (data.length === 0 || data.length % 16 !== 0) damaged("is cut off");
  return withoutPadding(crypto.decryptCbc(key, nonce, data)) ?? damaged("is damaged");
}

function inflate(fields: ReadonlyMap<number, Uint8Array>, plain: Uint8Array, crypto: FileCrypto): Uint8Array {
  if (fields.get(COMPRESSION)?.[0] !== 1) return plain;
  const inflated = crypto.gunzip(plain, MAX_FILE_BYTES);
  if (inflated !== null) return inflated;
  throw new VaultError("LK-IMPORT-TOO-LARGE", `database is damaged inside, or over ${MAX_FILE_BYTES} bytes`);
}

function readInner(plain: Uint8Array, crypto: FileCrypto): OpenedKdbx {
  const reader = new LittleReader(plain, damaged);
  const fields = readFields(reader);
  if (fields.get(STREAM)?.[0] !== STREAM_CHACHA20)
    throw new VaultError("LK-IMPORT-VERSION", "database hides its values in a way that is not known");
  const material = crypto.sha512(fields.get(STREAM_KEY) ?? damaged("has no key for its values"));
  return {
    xml: reader.rest(),
    reveal: (values) => crypto.chacha20(material.subarray(0, 32), material.subarray(32, 44), values),
  };
}
