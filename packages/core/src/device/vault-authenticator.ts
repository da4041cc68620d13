/**
 * The vault behind the authenticator: finds passkeys through the sign-in index, opens private keys with the signing tier, and verifies
 * the person by having the host open that tier. On the cold path of every sign-in: Automerge is loaded only to create,
 * and for large blobs.
 *
 * What the tier gave is held from the verification to `endCeremony`, then wiped: one ceremony, one verification.
 */
import type { CredentialSource } from "../authenticator/credential-source.ts";
import type { CredentialStore } from "../authenticator/credential-store.ts";
import type { Cancellation } from "../authenticator/cancellation.ts";
import {
  checkProof,
  createUserVerifier,
  type UserPrompt,
  type UserVerified,
  type UserVerifier,
} from "../authenticator/user-verifier.ts";
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { deriveSecretKey } from "../membership/epoch.ts";
import type { CredentialCrypto, Random, SigningKey } from "../ports.ts";
import {
  openCredBlob,
  openPrfSeeds,
  openSigningKey,
  sealCredBlob,
  sealPrfSeeds,
  sealPrivateKey,
} from "../vault/credential-secret.ts";
import type { CredentialRecord } from "../vault/credential-record.ts";
import type { Device } from "./device.ts";
import { findRoot } from "./epoch-root.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { readSignInRow, type SignInEntry, toCredentialSource } from "./sign-in-index.ts";
import type { DeviceStore } from "../storage/device-store.ts";
import { rootOf, type SigningTier, wipeTier } from "./tiers.ts";

export interface VaultAuthenticatorDeps {
  readonly store: DeviceStore;
  readonly crypto: CredentialCrypto;
  readonly random: Random;
  /** What an open metadata tier gives. Throws `LK-VAULT-LOCKED`. */
  readonly opened: () => { readonly rows: LocalRows; readonly logId: Uint8Array };
  /**
   * Shows the request, verifies the person and gives the signing tier, which is wiped here. Throws `LK-AUTH-DENIED`,
   * `LK-AUTH-TIMEOUT`, `LK-AUTH-CANCELLED` or what the protector throws.
   */
  readonly openSigning: (prompt: UserPrompt, cancellation: Cancellation) => Promise<SigningTier>;
  /** Which of several accounts the person picked; `null`, and left out: nobody picked, so the newest signs and the client may ask on. */
  readonly pickAccount?: (accounts: readonly CredentialSource[]) => Promise<CredentialSource | null>;
  /** The device, opened when the document is needed. */
  readonly device: () => Promise<Device>;
  /** Told what was done with which passkey, for the activity log; it keeps nobody waiting. */
  readonly note?: (act: CeremonyAct) => void;
  /** Told why this device does not sign, for whoever sits in front of it. */
  readonly reportRefusal?: (refusal: VaultError) => void;
}

export interface CeremonyAct {
  readonly kind: "create" | "sign-in" | "denied";
  /** The credential id; of what was denied none. */
  readonly id?: Uint8Array;
}

export interface VaultAuthenticator {
  readonly store: CredentialStore<UserVerified>;
  readonly verifier: UserVerifier<UserVerified>;
  /** Wipes the signing tier's keys. */
  endCeremony(): void;
}

export function createVaultAuthenticator(deps: VaultAuthenticatorDeps): VaultAuthenticator {
  let secretKey: Uint8Array | null = null;

  const openSecretKey = (): Uint8Array => {
    if (secretKey === null) throw new VaultError("LK-VAULT-LOCKED", "signing tier is closed");
    return secretKey;
  };

  const verifier = createUserVerifier(async (prompt, cancellation) => {
    const tier = await deps.openSigning(prompt, cancellation).catch((error: unknown) => {
      if (isVaultError(error, "LK-AUTH-DENIED") || isVaultError(error, "LK-KEY-PASSPHRASE-WRONG"))
        deps.note?.({ kind: "denied" });
      throw error;
    });
    const key = await takeSecretKey(tier);
    endCeremony();
    secretKey = key;
    if (cancellation.cancelled) {
      throw new VaultError("LK-AUTH-CANCELLED", "client cancelled while the person was asked");
    }
    return prompt.operation === "get-assertion" && prompt.accounts.length > 1
      ? ((await deps.pickAccount?.(prompt.accounts)) ?? null)
      : null;
  });

  /** Wipes the tier. Throws `LK-EPOCH-PROBATION` where there is no root yet, because the device is new. */
  async function takeSecretKey(tier: SigningTier): Promise<Uint8Array> {
    const { logId } = deps.opened();
    try {
      if (findRoot(tier.roots, logId) === null) {
        const { checkOffProbation } = await import("./check-probation.ts");
        checkOffProbation(await deps.device());
      }
      return deriveSecretKey(rootOf(tier, logId));
    } catch (error) {
      if (isVaultError(error, "LK-EPOCH-PROBATION")) deps.reportRefusal?.(error);
      throw error;
    } finally {
      wipeTier(tier);
    }
  }

  function endCeremony(): void {
    if (secretKey !== null) wipe(secretKey);
    secretKey = null;
  }

  async function findEntries(rpId: string): Promise<readonly SignInEntry[]> {
    const entries = await readSignInRow(deps.store, deps.opened().rows, rpId);
    if (entries !== null) return entries;
    await (await deps.device()).rebuildSignIn(rpId);
    return (await readSignInRow(deps.store, deps.opened().rows, rpId)) ?? [];
  }

  /** The record of each passkey that was found: a record never changes, so it need not be read again to sign with it. */
  const records = new WeakMap<CredentialSource, CredentialRecord>();

  async function findSources(rpId: string): Promise<CredentialSource[]> {
    return (await findEntries(rpId)).map((entry) => {
      const source = toCredentialSource(entry);
      records.set(source, entry.record);
      return source;
    });
  }

  async function findRecord(source: CredentialSource): Promise<CredentialRecord> {
    const found = records.get(source);
    if (found !== undefined) return found;
    const same = (await findSources(source.rpId)).find(({ id }) => equalBytes(id, source.id));
    const record = same && records.get(same);
    if (record === undefined)
      throw new VaultError("LK-AUTH-NO-CREDENTIALS", "passkey is not in this vault any more");
    return record;
  }

  const store: CredentialStore<UserVerified> = {
    async findByRpId(rpId) {
      const sources = await findSources(rpId);
      return sources.sort((a, b) => b.createdAt - a.createdAt);
    },

    async create({ source, privateKey, prfSeeds, credBlob, replaces }, proof) {
      checkProof(proof, source.rpId);
      const key = openSecretKey();
      const fields = { ...source, credentialId: source.id };
      const record: CredentialRecord = {
        ...fields,
        sealedPrivateKey: sealPrivateKey(key, fields, privateKey, deps.random),
        sealedPrfSeeds: prfSeeds === null ? null : sealPrfSeeds(key, fields, prfSeeds, deps.random),
        sealedCredBlob: credBlob === null ? null : sealCredBlob(key, fields, credBlob, deps.random),
      };
      const device = await deps.device();
      const { createPasskey } = await import("./passkey-acts.ts");
      await createPasskey(
        device,
        record,
        source,
        replaces.map(({ id }) => id),
      );
      deps.note?.({ kind: "create", id: source.id });
    },

    async undoCreate({ source, replaces }) {
      const device = await deps.device();
      const { takeBackPasskey } = await import("./passkey-acts.ts");
      await takeBackPasskey(
        device,
        source.id,
        replaces.map(({ id }) => id),
      );
    },

    async openKey(source, proof): Promise<SigningKey> {
      checkProof(proof, source.rpId);
      const key = openSigningKey(openSecretKey(), await findRecord(source), deps.crypto);
      deps.note?.({ kind: "sign-in", id: source.id });
      return key;
    },

    async openPrfSeeds(source, proof) {
      checkProof(proof, source.rpId);
      return openPrfSeeds(openSecretKey(), await findRecord(source));
    },

    async openCredBlob(source, proof) {
      checkProof(proof, source.rpId);
      return openCredBlob(openSecretKey(), await findRecord(source));
    },

    async readLargeBlob(source, proof) {
      checkProof(proof, source.rpId);
      const record = await findRecord(source);
      const { readLargeBlob } = await import("./large-blobs.ts");
      return readLargeBlob(await deps.device(), openSecretKey(), record);
    },

    async writeLargeBlob(source, blob, proof) {
      checkProof(proof, source.rpId);
      const record = await findRecord(source);
      const { writeLargeBlob } = await import("./large-blobs.ts");
      await writeLargeBlob(await deps.device(), openSecretKey(), record, blob);
    },
  };

  return { store, verifier, endCeremony };
}
