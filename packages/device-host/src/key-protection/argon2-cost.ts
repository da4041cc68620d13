/** What Argon2id (RFC 9106 § 3.1) costs: memory in KiB, passes over it, lanes side by side. It stands in each record (`passphrase.ts`). */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}
