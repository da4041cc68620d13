/** Large blobs of the vault's passkeys: in the document, not in the sign-in index, which must stay small. */
import type { LargeBlob } from "../authenticator/large-blob.ts";
import type { CredentialRecord } from "../vault/credential-record.ts";
import { openLargeBlob, sealLargeBlob } from "../vault/large-blob.ts";
import { LARGE_BLOB, passkeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { editPasskey } from "./passkey-acts.ts";

/** `null` when none was written. `secretKey` is `K_secret`. Throws `LK-KEY-SECRET-REFUSED` or `LK-VAULT-DAMAGED`. */
export function readLargeBlob(
  device: Device,
  secretKey: Uint8Array,
  record: CredentialRecord,
): LargeBlob | null {
  const values = device.state.document.valuesOf(passkeyId(record.credentialId), LARGE_BLOB);
  const shown = values.at(-1);
  return shown instanceof Uint8Array ? openLargeBlob(secretKey, record, shown) : null;
}

/** Saved when it resolves. */
export async function writeLargeBlob(
  device: Device,
  secretKey: Uint8Array,
  record: CredentialRecord,
  blob: LargeBlob,
): Promise<void> {
  const sealed = sealLargeBlob(secretKey, record, blob, device.deps.random);
  await editPasskey(device, passkeyId(record.credentialId), LARGE_BLOB, sealed);
}
