/** A `Random` for tests: the same seed gives the same bytes, so that a failure can be run again. Not secure, not meant to be. */
import { sodium } from "../src/crypto/sodium.ts";
import type { Random } from "../src/ports.ts";

export function createSeededRandom(seed: number): Random {
  let counter = 0;
  return (length) => {
    const key = new Uint8Array(32);
    new DataView(key.buffer).setUint32(0, seed);
    new DataView(key.buffer).setUint32(4, counter++);
    return sodium.randombytes_buf_deterministic(length, key);
  };
}
