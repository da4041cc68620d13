/**
 * What opening somebody else's file takes: ciphers, key derivation and decompression, all lent by the host. Nothing of it guards a vault.
 */

export interface FileArgon2 {
  readonly kind: "argon2d" | "argon2id";
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

export interface FileCrypto {
  sha256(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** 32 bytes. */
  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array>;
  /** Version 1.3, 32 bytes. */
  argon2(password: Uint8Array, salt: Uint8Array, cost: FileArgon2): Promise<Uint8Array>;
  /** AES-256 of one block of 16 bytes over and over: the key derivation of older KeePass files. */
  iterateAes(key: Uint8Array, block: Uint8Array, rounds: number): Promise<Uint8Array>;
  /** AES-256-CBC without padding; whole blocks. */
  encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  decryptCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array;
  /** RFC 8439, from block 0: key of 32 bytes, nonce of 12. */
  chacha20(key: Uint8Array, nonce: Uint8Array, data: Uint8Array): Uint8Array;
  /** Raw DEFLATE, or `null` for what is none or becomes longer than `limit` bytes. */
  inflate(data: Uint8Array, limit: number): Uint8Array | null;
  /** The same for gzip. */
  gunzip(data: Uint8Array, limit: number): Uint8Array | null;
}
