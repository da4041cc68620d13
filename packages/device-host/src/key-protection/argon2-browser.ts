/** Argon2id (RFC 9106) in WebAssembly, for browsers, which have none of their own: `hash-wasm`, loaded when a passphrase is used. */
import { AEAD_KEY_BYTES } from "@latchkey/core/crypto/aead";
import type { Argon2Cost } from "./argon2-cost.ts";

/** What ships: 64 MiB, 3 passes, 1 lane (the second choice of RFC 9106 § 4): what a phone's browser can spare. About 0.4 seconds and up. */
export const SHIPPED_COST: Argon2Cost = { memoryKiB: 65_536, passes: 3, parallelism: 1 };

/** A key of 32 bytes. */
export async function runArgon2id(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  const { argon2id } = await import("hash-wasm");
  return argon2id({
    password: passphrase,
    salt,
    memorySize: cost.memoryKiB,
    iterations: cost.passes,
    parallelism: cost.parallelism,
    hashLength: AEAD_KEY_BYTES,
    outputType: "binary",
  });
}
