/** SHA-256, for what others fix: a relay's proof of work. Our own formats use BLAKE2b (`hash.ts`), hosts lend a quicker SHA-256 for the rest. */
export { sha256 } from "@noble/hashes/sha2.js";
