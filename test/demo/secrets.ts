/** Everything of the demo that the relay must not have: taken from what the people typed, and from the opened vaults themselves. */
import { decodeBase64url } from "@latchkey/core/bytes/text";
import { rootOf, wipeTier } from "@latchkey/core/device/tiers";
import { deriveSigningEpochKeys } from "@latchkey/core/membership/epoch";
import { openPrivateKey } from "@latchkey/core/vault/credential-secret";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { systemRandom, VaultHost } from "@latchkey/desktop/host/vault-host";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Device } from "./device.ts";
import type { Secret } from "./search.ts";
import type { SignedIn } from "./website.ts";

/** Opens the vault of each device, which must not be open elsewhere, and lists what is in it. */
export async function collectSecrets(
  devices: readonly Device[],
  registrations: readonly RegistrationResponseJSON[],
  signIns: readonly SignedIn[],
  rpId: string,
): Promise<Secret[]> {
  const secrets: Secret[] = [{ what: "rpId", value: rpId }];
  for (const { prf } of signIns) {
    secrets.push({ what: "PRF result", value: decodeBase64url(prf) as Uint8Array });
  }
  for (const { id } of registrations) {
    secrets.push({ what: "credential id", value: decodeBase64url(id) as Uint8Array });
  }
  for (const { name, passphrase, vault } of devices) {
    secrets.push({ what: "device name", value: name }, { what: "passphrase", value: passphrase });
    secrets.push(...(await openSecrets(vault, passphrase)));
  }
  return secrets;
}

async function openSecrets(vault: string, passphrase: string): Promise<Secret[]> {
  const host = new VaultHost(vault, openVaultFile(vault));
  const protector = createPassphraseProtector({
    passphrase: encodePassphrase(passphrase),
    random: systemRandom,
  });
  try {
    await host.unlock(async () => protector);
    const device = await host.device();
    const signing = await host.openSigning(async () => protector, "look for secrets");
    const { secretKey } = deriveSigningEpochKeys(rootOf(signing, device.context.epoch.logId));
    const secrets: Secret[] = [
      { what: "metadata root", value: device.metadataRoot().slice() },
      ...signing.roots.map(({ root }) => ({ what: "signing root", value: root.slice() })),
    ];
    wipeTier(signing);
    for (const { record, title, userName, note } of device.state.document.list()) {
      if (record === null) continue;
      secrets.push(
        { what: "public key", value: record.publicKey },
        { what: "user handle", value: record.userHandle },
        { what: "private key", value: openPrivateKey(secretKey, record) },
      );
      for (const text of [title, userName, note])
        if (text !== null) secrets.push({ what: "text", value: text });
    }
    return secrets;
  } finally {
    await host.close();
  }
}
