/** Devices and passkeys for the vault's tests. Bytes come from small numbers, so that a failing case reads the same each time. */
import { encodeUtf8 } from "../../src/bytes/text.ts";
import type { CredentialRecord } from "../../src/vault/credential-record.ts";
import { createGenesisDocument, type Edit, type VaultDocument } from "../../src/vault/document.ts";
import { type ActorId, deriveActor, type OperationId } from "../../src/vault/operation-id.ts";
import type { VaultOperation } from "../../src/vault/operations.ts";
import { passkeyId, type PasskeyId } from "../../src/vault/schema.ts";

/** `length` bytes that differ for each `seed`. */
export function bytesOf(seed: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seed * 151 + i * 31 + (seed >> 8)) % 256);
}

export function recordOf(seed: number, changes: Partial<CredentialRecord> = {}): CredentialRecord {
  return {
    credentialId: bytesOf(seed, 32),
    rpId: `site-${seed}.example`,
    userHandle: bytesOf(seed, 16),
    algorithm: -7,
    publicKey: bytesOf(seed + 1, 77),
    sealedPrivateKey: bytesOf(seed + 2, 178),
    sealedPrfSeeds: bytesOf(seed + 3, 104),
    sealedCredBlob: null,
    backupEligible: true,
    backedUp: true,
    discoverable: true,
    protection: 1,
    createdAt: 1_790_000_000_000 + seed,
    ...changes,
  };
}

export const idOf = (seed: number): PasskeyId => passkeyId(bytesOf(seed, 32));

/** A device in one session, with a replica of its own. */
export class Device {
  readonly key: Uint8Array;
  readonly session: Uint8Array;
  readonly actor: ActorId;
  document: VaultDocument;
  #operations = 0;

  constructor(seed: number, document: VaultDocument = createGenesisDocument()) {
    this.key = bytesOf(seed, 32);
    this.session = encodeUtf8("session0");
    this.actor = deriveActor(this.key, this.session);
    this.document = document;
  }

  nextOperation(): OperationId {
    return { device: this.key, session: this.session, number: this.#operations++ };
  }

  /** Edits its replica; fails when that changes nothing. */
  do(...operations: readonly VaultOperation[]): Edit {
    const edit = this.document.edit(this.actor, operations);
    if (edit === null) throw new Error("nothing changed");
    this.document = edit.document;
    return edit;
  }

  create(seed: number, changes: Partial<CredentialRecord> = {}): Edit {
    return this.do({ type: "create", record: recordOf(seed, changes) });
  }

  put(seed: number, register: string, value: string | boolean | Uint8Array): Edit {
    return this.do({ type: "put", id: idOf(seed), register, value });
  }

  clear(seed: number, register: string): Edit {
    return this.do({ type: "clear", id: idOf(seed), register });
  }

  delete(seed: number, day = 20_000): Edit {
    return this.do({
      type: "delete",
      id: idOf(seed),
      operation: this.nextOperation(),
      day,
      replacedBy: null,
    });
  }

  restore(seed: number): Edit {
    return this.do({ type: "restore", id: idOf(seed) });
  }

  receive(...edits: readonly Edit[]): void {
    this.document = this.document.apply(...edits.map(({ change }) => change)).document;
  }
}
