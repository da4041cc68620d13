/** Everything that only the vault's own devices may know, read from the opened vaults themselves. */
import { createPrivateKey } from "node:crypto";
import { openMetadataTier, openSigningTier, rootOf } from "@latchkey/core/device/tiers";
import { deriveMetadataEpochKeys, deriveSigningEpochKeys } from "@latchkey/core/membership/epoch";
import { openPrivateKey } from "@latchkey/core/vault/credential-secret";
import { deriveFingerprint } from "@latchkey/core/vault/fingerprint";
import { makeProtector } from "@latchkey/desktop/test/hosts";
import type { LiveDevice } from "./live-device.ts";
import type { Secret } from "./traces.ts";

/** Texts, public halves and private keys of every passkey; roots, keys and seeds of the device. */
export async function readVaultSecrets({ device, host, document }: LiveDevice): Promise<Secret[]> {
  const { logId } = device.context.epoch;
  const metadata = await openMetadataTier(host.deps.store, makeProtector());
  const signing = await openSigningTier(host.deps.store, makeProtector());
  const metadataRoot = rootOf(metadata, logId);
  const signingRoot = rootOf(signing, logId);
  const metadataKeys = deriveMetadataEpochKeys(metadataRoot);
  const signingKeys = deriveSigningEpochKeys(signingRoot);
  const secrets: Secret[] = [
    { what: "metadata root", value: metadataRoot },
    { what: "signing root", value: signingRoot },
    { what: "entry key of the epoch", value: metadataKeys.entryKey },
    { what: "record key", value: metadataKeys.recordKey },
    { what: "snapshot key", value: metadataKeys.snapshotKey },
    { what: "room auth key", value: metadataKeys.roomAuth.secretKey.slice(0, 32) },
    { what: "room authority key", value: signingKeys.roomAuthority.secretKey.slice(0, 32) },
    { what: "secret key of the epoch", value: signingKeys.secretKey },
    { what: "local key", value: metadata.local },
    { what: "entry seed", value: metadata.entry },
    { what: "metadata KEM seed", value: metadata.metadataKem },
    { what: "authority seed", value: signing.authority },
    { what: "secret KEM seed", value: signing.secretKem },
    { what: "fingerprint", value: (await deriveFingerprint(logId, document.heads())).join(" ") },
  ];
  for (const { member } of device.state.members.values()) {
    secrets.push({ what: "device name", value: member.name });
    for (const [what, value] of Object.entries(member.identity)) {
      secrets.push({ what: `device's ${what}`, value: value as Uint8Array });
    }
  }
  for (const passkey of document.list()) {
    const texts = [passkey.title, passkey.userName, passkey.userDisplayName, passkey.note, ...passkey.tags];
    for (const text of texts) if (text !== null) secrets.push({ what: "text", value: text });
    const { record } = passkey;
    if (record === null) continue;
    const privateKey = openPrivateKey(signingKeys.secretKey, record);
    const jwk = createPrivateKey({ key: Buffer.from(privateKey), format: "der", type: "pkcs8" }).export({
      format: "jwk",
    });
    secrets.push(
      { what: "rpId", value: record.rpId },
      { what: "credential id", value: record.credentialId },
      { what: "user handle", value: record.userHandle },
      { what: "public key", value: record.publicKey },
      { what: "private key, PKCS#8", value: privateKey },
      { what: "private key", value: Buffer.from(jwk.d!, "base64url") },
      { what: "public key's x", value: Buffer.from(jwk.x!, "base64url") },
      { what: "public key's y", value: Buffer.from(jwk.y!, "base64url") },
    );
  }
  return secrets;
}
