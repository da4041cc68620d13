/**
 * A device with its metadata tier open: it sees, edits and syncs the vault, and cannot sign. It holds the present replica state and lets
 * one step at a time happen: make the step, commit its rows, then adopt it and tell listeners. A change is reported done after the commit.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import type { KemKeyPair } from "../crypto/kem.ts";
import { deriveMetadataKeys } from "../membership/device.ts";
import type { EpochClaim } from "../membership/epoch-record.ts";
import type { MemberEntry } from "../membership/member-record.ts";
import type { Clock, CredentialCrypto, Random } from "../ports.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { makeCacheRows, MAX_CACHED_CHANGES } from "../sync/load-replica.ts";
import { receiveEntries } from "../sync/receive-entries.ts";
import { entryKey } from "../sync/replica-rows.ts";
import {
  findMember,
  type LogMember,
  type Notice,
  type ReplicaContext,
  type ReplicaState,
  type Step,
} from "../sync/replica-state.ts";
import { nextOperationId, writeBeacon, writeChange, writeMember } from "../sync/write-entry.ts";
import type { OperationId } from "../vault/operation-id.ts";
import type { VaultOperation } from "../vault/operations.ts";
import { metadataRootsRow } from "./epoch-roots.ts";
import { chooseRelays } from "./relay-settings.ts";
import { SiteIndex } from "./site-index.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { type MetadataTier, rootOf, wipeTier } from "./tiers.ts";

export interface DeviceDeps {
  readonly store: DeviceStore;
  readonly random: Random;
  readonly clock: Clock;
  readonly crypto: CredentialCrypto;
}

/** What this device found damaged in its own file when it was opened. */
export interface StoreProblems {
  /** How many entries are to be fetched again. */
  readonly entries: number;
  /** The epoch's snapshot, which a relay or another device has too. */
  readonly snapshot: boolean;
}

/** Where a device goes when it leaves an epoch. */
export interface Move {
  readonly context: ReplicaContext;
  readonly epoch: EpochClaim;
  readonly ownRecord: Uint8Array;
  readonly tier: MetadataTier;
  readonly state: ReplicaState;
  readonly rows: readonly RowChange[];
}

export type DeviceListener = (notices: readonly Notice[]) => void;

export class Device {
  readonly deps: DeviceDeps;
  readonly problems: StoreProblems;
  readonly #firstRelays: readonly RelayAddress[];
  readonly #listeners = new Set<DeviceListener>();
  #sites: SiteIndex;
  #context: ReplicaContext;
  #epoch: EpochClaim;
  #ownRecord: Uint8Array;
  #tier: MetadataTier;
  #state: ReplicaState;
  #cachedChanges: number;
  #queue: Promise<unknown> = Promise.resolve();

  /** Use `openDevice`. */
  constructor(
    deps: DeviceDeps,
    context: ReplicaContext,
    parts: {
      readonly epoch: EpochClaim;
      readonly ownRecord: Uint8Array;
      readonly tier: MetadataTier;
      readonly state: ReplicaState;
      readonly problems: StoreProblems;
      readonly cachedChanges: number;
      readonly firstRelays: readonly RelayAddress[];
    },
  ) {
    this.deps = deps;
    this.#context = context;
    this.#epoch = parts.epoch;
    this.#ownRecord = parts.ownRecord;
    this.problems = parts.problems;
    this.#tier = parts.tier;
    this.#state = parts.state;
    this.#cachedChanges = parts.cachedChanges;
    this.#firstRelays = parts.firstRelays;
    this.#sites = new SiteIndex(parts.state.document);
  }

  get state(): ReplicaState {
    return this.#state;
  }

  /** Of the epoch that the device is in; another one after a move. */
  get context(): ReplicaContext {
    return this.#context;
  }

  get epoch(): EpochClaim {
    return this.#epoch;
  }

  /** Hash of the record that makes this device a member: the same in every epoch. */
  get ownRecord(): Uint8Array {
    return this.#ownRecord;
  }

  /** This device as the others know it; `null` until a new device has received the record that makes it a member. */
  get self(): LogMember | null {
    return findMember(this.#state, this.context.self.signer.publicKey);
  }

  /** The relays of the vault; until it is here those of the invitation, and where it names none, of these one on the local network. */
  relays(): readonly RelayAddress[] {
    return chooseRelays(this.#state.document, this.self !== null, this.#firstRelays);
  }

  /** Days since 1970, for what people are shown. */
  today(): number {
    return Math.floor(this.deps.clock.now() / 86_400_000);
  }

  /** The epoch's metadata root, for sealing it to another device; or that of an earlier epoch, by its log. Throws `LK-KEY-DAMAGED`. */
  metadataRoot(logId: Uint8Array = this.context.epoch.logId): Uint8Array {
    return rootOf(this.#tier, logId);
  }

  /** The key that opens what was sealed to this device, and no more. */
  metadataKem(): KemKeyPair {
    return deriveMetadataKeys(this.#tier).metadataKem;
  }

  /**
   * One act of the person on the vault: saved when it resolves. `make` sees the present document and gets the id of the operation.
   * Resolves `false` when everything was as it wants already.
   */
  act(make: (state: ReplicaState, operation: OperationId) => readonly VaultOperation[]): Promise<boolean> {
    return this.#exclusive(async () => {
      const operations = make(this.#state, nextOperationId(this.context, this.#state));
      const step = operations.length === 0 ? null : writeChange(this.context, this.#state, operations);
      if (step === null) return false;
      await this.#adopt(step);
      return true;
    });
  }

  /** Entries from a relay or another device. For each: its hash when it is in the vault now, else `null`. */
  receive(entries: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    return this.#exclusive(async () => {
      const step = receiveEntries(this.context, this.#state, entries);
      await this.#adopt(step);
      return step.outcomes;
    });
  }

  writeBeacon(): Promise<void> {
    return this.#exclusive(() => this.#adopt(writeBeacon(this.context, this.#state)));
  }

  /** A step that `make` gives on the present state, or none. */
  step(make: (state: ReplicaState) => Step | null): Promise<boolean> {
    return this.#exclusive(async () => {
      const step = make(this.#state);
      if (step === null) return false;
      await this.#adopt(step);
      return true;
    });
  }

  /**
   * Leaves this epoch for another: `make` gives, from the present state, where to and everything that is committed with it. Before the
   * commit the device is in the one, after it in the other. Resolves `false` when `make` gives `null`: then it stays.
   */
  move(make: (state: ReplicaState, tier: MetadataTier) => Promise<Move | null>): Promise<boolean> {
    return this.#exclusive(async () => {
      const move = await make(this.#state, this.#tier);
      if (move === null) return false;
      const sites = new SiteIndex(move.state.document);
      const signIn = sites.signInRows(
        move.state.document,
        new Set([...this.#sites.sites(), ...sites.sites()]),
        move.context.rows,
      );
      await this.deps.store.commit([...move.rows, ...signIn]);
      const before = this.#context.epoch.keys;
      this.#context = move.context;
      this.#epoch = move.epoch;
      this.#ownRecord = move.ownRecord;
      this.#tier = move.tier;
      this.#state = move.state;
      this.#sites = sites;
      this.#cachedChanges = 0;
      for (const listener of this.#listeners) listener([{ is: "moved" }]);
      wipe(before.entryKey, before.recordKey, before.snapshotKey);
      return true;
    });
  }

  /** Lets the root of a log go that the device has left, in one transaction with `changes`. */
  forgetRoot(logId: Uint8Array, changes: readonly RowChange[]): Promise<void> {
    return this.#exclusive(async () => {
      const roots = this.#tier.roots.filter((root) => !equalBytes(root.logId, logId));
      await this.deps.store.commit([...changes, metadataRootsRow(this.#context.rows, roots)]);
      this.#tier = { ...this.#tier, roots };
    });
  }

  /** Admits another device, and commits `rows` with it. Callers hold a user verification: without the authority key's signature it throws `LK-EPOCH-SIGNATURE`. */
  writeMember(entry: MemberEntry, rows: readonly RowChange[] = []): Promise<void> {
    return this.#exclusive(() => this.#adopt(writeMember(this.context, this.#state, entry, rows)));
  }

  /** The bytes of accepted entries, as they travel; damaged ones are left out. */
  async readEntries(hashes: readonly Uint8Array[]): Promise<{ hash: Uint8Array; bytes: Uint8Array }[]> {
    const found: { hash: Uint8Array; bytes: Uint8Array }[] = [];
    for (const hash of hashes) {
      const entry = this.#state.accepted.get(encodeHex(hash));
      const row = entry && (await this.deps.store.get("entry", entryKey(this.context.epoch.logId, entry)));
      if (row?.value) found.push({ hash, bytes: row.value });
    }
    return found;
  }

  async readSnapshot(): Promise<Uint8Array | null> {
    return (await this.deps.store.get("snapshot", this.context.epoch.logId))?.value ?? null;
  }

  /** Rows that belong to no step. What a function reads nobody else changes before its rows are there. */
  commit(changes: readonly RowChange[] | (() => Promise<readonly RowChange[]>)): Promise<void> {
    return this.#exclusive(async () => {
      const rows = typeof changes === "function" ? await changes() : changes;
      if (rows.length > 0) await this.deps.store.commit(rows);
    });
  }

  /** Builds the sign-in row of a site again from the document. */
  rebuildSignIn(rpId: string): Promise<void> {
    return this.#exclusive(() =>
      this.deps.store.commit(this.#sites.signInRows(this.#state.document, [rpId], this.context.rows)),
    );
  }

  /** Called after every adopted step, with what happened. Returns the way to stop. */
  subscribe(listener: DeviceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Saves the document for a quick start when many changes have gathered. */
  saveCache(): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#cachedChanges === 0) return;
      await this.deps.store.commit(await makeCacheRows(this.deps.store, this.context, this.#state));
      this.#cachedChanges = 0;
    });
  }

  /** Ends what was begun, then forgets the tier, whatever the disk says. The device cannot be used after. */
  async lock(): Promise<void> {
    // A cache that cannot be saved costs the next start some time, no more.
    if (this.#cachedChanges > MAX_CACHED_CHANGES / 4) await this.saveCache().catch(() => {});
    await this.#queue;
    this.#listeners.clear();
    const { entryKey, recordKey, snapshotKey, roomAuth } = this.context.epoch.keys;
    wipe(entryKey, recordKey, snapshotKey, roomAuth.secretKey, this.context.self.signer.secretKey);
    wipeTier(this.#tier);
  }

  async #adopt(step: Step): Promise<void> {
    const { document } = step.state;
    const concerned = this.#sites.add(document, step.touched);
    const rows = [...step.rows, ...this.#sites.signInRows(document, concerned, this.context.rows)];
    if (rows.length > 0) await this.deps.store.commit(rows);
    this.#state = step.state;
    this.#cachedChanges += rows.filter(({ table }) => table === "cache").length;
    if (step.notices.length > 0) for (const listener of this.#listeners) listener(step.notices);
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task, task);
    this.#queue = run.catch(() => {});
    return run;
  }
}
