/** Argon2id (RFC 9106) by Node's OpenSSL, on a thread of its own. */
import { argon2 } from "node:crypto";
import { AEAD_KEY_BYTES } from "@latchkey/core/crypto/aead";
import type { Argon2Cost } from "./argon2-cost.ts";

/** What ships: 256 MiB, 3 passes, 1 lane. About 0.6 to 2 seconds on a desktop, and as much again for each guess of a thief. */
export const SHIPPED_COST: Argon2Cost = { memoryKiB: 262_144, passes: 3, parallelism: 1 };

/** A key of 32 bytes. */
export function runArgon2id(passphrase: Uint8Array, salt: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    argon2(
      "argon2id",
      {
        message: passphrase,
        nonce: salt,
        memory: cost.memoryKiB,
        passes: cost.passes,
        parallelism: cost.parallelism,
        tagLength: AEAD_KEY_BYTES,
      },
      (error, key) => {
        if (error === null) resolve(new Uint8Array(key.buffer, key.byteOffset, key.byteLength));
        else reject(error);
      },
    );
  });
}
