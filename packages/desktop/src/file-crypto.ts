/** The native `FileCrypto`: what opening other programs' files takes, from OpenSSL and zlib through Node. Slow derivations run on threads of their own. */
import {
  argon2,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  hash,
  pbkdf2,
  verify,
} from "node:crypto";
import { setImmediate as rest } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { FileCrypto } from "@latchkey/core/exchange/file-crypto";
import type { VerifySignature } from "@latchkey/core/exchange/private-key";

const KEY_BYTES = 32;
const AES_BLOCK = 16;
/** Rounds of AES at once: 1 MiB. */
const ROUNDS_AT_ONCE = 65_536;

const runPbkdf2 = promisify(pbkdf2);
const runArgon2 = promisify(argon2);
const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes);

export function createFileCrypto(): FileCrypto {
  return {
    sha256: (data) => plain(hash("sha256", data, "buffer")),
    sha512: (data) => plain(hash("sha512", data, "buffer")),
    hmacSha256: (key, data) => plain(createHmac("sha256", key).update(data).digest()),
    pbkdf2: async (password, salt, iterations) =>
      plain(await runPbkdf2(password, salt, iterations, KEY_BYTES, "sha256")),
    argon2: async (message, nonce, { kind, memoryKiB, passes, parallelism }) =>
      plain(
        await runArgon2(kind, {
          message,
          nonce,
          memory: memoryKiB,
          passes,
          parallelism,
          tagLength: KEY_BYTES,
        }),
      ),
    iterateAes,
    encryptCbc(key, iv, plaintext) {
      const cipher = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
      return plain(Buffer.concat([cipher.update(plaintext), cipher.final()]));
    },
    decryptCbc(key, iv, ciphertext) {
      const decipher = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
      return plain(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
    },
    // OpenSSL takes the block counter, little-endian, in front of the nonce.
    chacha20: (key, nonce, data) =>
      plain(createCipheriv("chacha20", key, Buffer.concat([Buffer.alloc(4), nonce])).update(data)),
    inflate: (data, limit) => bounded(limit, (options) => inflateRawSync(data, options)),
    gunzip: (data, limit) => bounded(limit, (options) => gunzipSync(data, options)),
  };
}

/** The chained blocks of zeros in CBC mode are a block encrypted over and over. */
async function iterateAes(key: Uint8Array, block: Uint8Array, rounds: number): Promise<Uint8Array> {
  const cipher = createCipheriv("aes-256-cbc", key, block).setAutoPadding(false);
  const zeros = Buffer.alloc(ROUNDS_AT_ONCE * AES_BLOCK);
  let last: Uint8Array = block;
  for (let left = rounds; left > 0; left -= ROUNDS_AT_ONCE) {
    const encrypted = cipher.update(zeros.subarray(0, Math.min(left, ROUNDS_AT_ONCE) * AES_BLOCK));
    last = new Uint8Array(encrypted.subarray(-AES_BLOCK));
    await rest();
  }
  return last;
}

/** `maxOutputLength` throws where it is passed, before there is more. */
function bounded(limit: number, run: (options: { maxOutputLength: number }) => Buffer): Uint8Array | null {
  try {
    return plain(run({ maxOutputLength: Math.max(1, limit) }));
  } catch {
    return null;
  }
}

const DIGESTS: Readonly<Record<number, string | null>> = {
  [-7]: "sha256",
  [-35]: "sha384",
  [-8]: null,
  [-257]: "sha256",
};

/** Whether a passkey's signature is right, judged by OpenSSL. */
export const verifySignature: VerifySignature = (algorithm, publicKeyInfo, message, signature) => {
  const key = createPublicKey({ key: Buffer.from(publicKeyInfo), format: "der", type: "spki" });
  return verify(DIGESTS[algorithm], message, key, signature);
};
