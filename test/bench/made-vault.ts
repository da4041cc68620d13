/** Vaults to measure on: real files, found by the product's own code, with as many passkeys as asked for. */
import { randomBytes } from "node:crypto";
import type { DeviceDeps } from "@latchkey/core/device/device";
import { foundVault } from "@latchkey/core/device/found-vault";
import type { KeyProtector } from "@latchkey/core/ports";
import type { CredentialRecord } from "@latchkey/core/vault/credential-record";
import { createGenesisDocument, type VaultDocument } from "@latchkey/core/vault/document";
import { deriveActor } from "@latchkey/core/vault/operation-id";
import type { VaultOperation } from "@latchkey/core/vault/operations";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { makeVaultFile } from "@latchkey/desktop/host/new-vault-file";
import { systemClock, systemRandom } from "@latchkey/desktop/host/vault-host";

/** Passkeys that come with one change: as when a person imports some, or an epoch begins with what another left. */
const PASSKEYS_A_CHANGE = 50;
/** A sealed P-256 key in PKCS#8, with nonce and tag. */
const SEALED_KEY_BYTES = 178;

const crypto = createNativeCredentialCrypto();

/** Makes a vault file whose snapshot holds `passkeys` passkeys, each of a site of its own. Their secrets are noise: they are never used. */
export async function makeVault(path: string, passkeys: number, protector: KeyProtector): Promise<void> {
  const document = await makeDocument(passkeys);
  await makeVaultFile(path, (store) => {
    const deps: DeviceDeps = { store, random: systemRandom, clock: systemClock, crypto };
    return foundVault(deps, protector, { name: "Desk", platform: "bench", relays: [], document });
  });
  document.free();
}

async function makeDocument(passkeys: number): Promise<VaultDocument> {
  const actor = deriveActor(systemRandom(32), systemRandom(8));
  let document = createGenesisDocument();
  for (let from = 0; from < passkeys; from += PASSKEYS_A_CHANGE) {
    const count = Math.min(PASSKEYS_A_CHANGE, passkeys - from);
    const creates = await Promise.all(Array.from({ length: count }, (_, i) => makeCreate(from + i)));
    const edit = document.edit(actor, creates);
    if (edit === null) throw new Error("document took no passkeys");
    document.free();
    document = edit.document;
  }
  return document;
}

/** The site and the person's name for it: what a server is searched for. */
export const siteOf = (number: number): string => `site-${number}.example`;
export const titleOf = (number: number): string => `Site number ${number}`;

/** A passkey of that site, its private key noise. */
export const makeRecord = (number: number, publicKey: Uint8Array): CredentialRecord => ({
  credentialId: systemRandom(32),
  rpId: siteOf(number),
  userHandle: systemRandom(16),
  algorithm: -7,
  publicKey,
  sealedPrivateKey: new Uint8Array(randomBytes(SEALED_KEY_BYTES)),
  sealedPrfSeeds: null,
  sealedCredBlob: null,
  backupEligible: true,
  backedUp: true,
  discoverable: true,
  protection: 1,
  createdAt: systemClock.now(),
});

async function makeCreate(number: number): Promise<VaultOperation> {
  const record = makeRecord(number, (await crypto.makeKeyPair(-7)).publicKey);
  const registers = new Map([
    ["name", `person-${number}@mail.example`],
    ["display-name", `Person Number ${number}`],
    ["title", titleOf(number)],
  ]);
  return { type: "create", record, registers };
}
