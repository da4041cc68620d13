/** A throw-away credential store in memory: nothing is durable, nothing is sealed, and any gesture opens a key. Never for a vault. */
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import type { CredentialCrypto, SigningKey } from "../ports.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { LargeBlob } from "./large-blob.ts";
import { checkProof, type UserProof } from "./user-verifier.ts";

/** Passkeys at most, so that a client cannot fill the memory. */
const MAX_CREDENTIALS = 10_000;

export interface EphemeralStore extends CredentialStore<UserProof> {
  /** Forgets every passkey. */
  readonly clear: () => Promise<void>;
}

interface Held {
  readonly source: CredentialSource;
  readonly key: SigningKey;
  readonly prfSeeds: Uint8Array | null;
  readonly credBlob: Uint8Array | null;
  largeBlob: LargeBlob | null;
}

export function createEphemeralStore(crypto: CredentialCrypto): EphemeralStore {
  /** By rpId, newest first. */
  const held = new Map<string, readonly Held[]>();
  /** What a create replaced, for its undo. */
  const replaced = new WeakMap<CredentialSource, readonly Held[]>();
  let count = 0;

  function put(rpId: string, list: readonly Held[]): void {
    count += list.length - (held.get(rpId)?.length ?? 0);
    if (list.length === 0) held.delete(rpId);
    else held.set(rpId, list);
  }

  function find(source: CredentialSource, proof: UserProof): Held {
    checkProof(proof, source.rpId);
    const found = held.get(source.rpId)?.find((other) => equalBytes(other.source.id, source.id));
    if (found === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", "passkey is gone");
    return found;
  }

  return {
    findByRpId: async (rpId) => (held.get(rpId) ?? []).map(({ source }) => source),
    async create({ source, privateKey, prfSeeds, credBlob, replaces }, proof) {
      checkProof(proof, source.rpId);
      if (count >= MAX_CREDENTIALS)
        throw new VaultError("LK-VAULT-LIMIT", `vault has ${count} passkeys, limit ${MAX_CREDENTIALS}`);
      const before = held.get(source.rpId) ?? [];
      replaced.set(source, before);
      const kept = before.filter((other) => !replaces.includes(other.source));
      const key = crypto.importKey(source.algorithm, privateKey);
      const seeds = prfSeeds?.slice() ?? null;
      put(source.rpId, [{ source, key, prfSeeds: seeds, credBlob, largeBlob: null }, ...kept]);
    },
    async undoCreate({ source }) {
      put(source.rpId, replaced.get(source) ?? []);
    },
    openKey: async (source, proof) => find(source, proof).key,
    openPrfSeeds: async (source, proof) => find(source, proof).prfSeeds?.slice() ?? null,
    openCredBlob: async (source, proof) => find(source, proof).credBlob,
    readLargeBlob: async (source, proof) => find(source, proof).largeBlob,
    async writeLargeBlob(source, blob, proof) {
      find(source, proof).largeBlob = blob;
    },
    async clear() {
      held.clear();
      count = 0;
    },
  };
}
