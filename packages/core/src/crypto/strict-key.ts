/** What the key forms have in common: they compare with a template, and refuse everything else in the same words. */
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";

/** One message for every reason: what is wrong with a secret is not told. */
export function refuseKey(): never {
  throw new VaultError("LK-KEY-SECRET-REFUSED", "private key is not one of its algorithm in PKCS#8");
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, prefix.length), prefix);
}
