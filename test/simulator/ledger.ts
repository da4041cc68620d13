/**
 * The truth of a run, kept outside of every device: which entries were really written, by whom and after seeing what. Judged against it is what
 * devices accept. It learns of an entry at the moment in which its author's disk has it.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { isVaultError } from "@latchkey/core/errors";
import { deriveMetadataEpochKeys } from "@latchkey/core/membership/epoch";
import { type OpenedEntry, SealedEntry } from "@latchkey/core/log/verify";
import { readEntryKey } from "@latchkey/core/sync/replica-rows";
import type { Device } from "@latchkey/core/device/device";
import { decodeChangePayload, decodeReissuePayload } from "@latchkey/core/log/change";
import type { ChainTip, EntryKind } from "@latchkey/core/log/entry";
import { formatOperationId, type OperationId } from "@latchkey/core/vault/operation-id";
import type { StagedEpoch } from "@latchkey/core/device/stage-epoch";
import { openSnapshot } from "@latchkey/core/log/snapshot";
import { passkeyId, type PasskeyId } from "@latchkey/core/vault/schema";
import type { OperationSet } from "@latchkey/core/vault/operation-set";
import type { Disk } from "./disk.ts";
import type { Act } from "./people.ts";

/** Entries, operations and devices are named in hex. */
export interface Written {
  readonly kind: EntryKind;
  /** The operations in it, made or issued again. */
  readonly operations: readonly NamedOperation[];
  readonly hash: string;
  readonly logId: string;
  readonly tag: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** The entry before it in its chain, `null` at the first. */
  readonly previous: string | null;
  /** How far its author had every other chain. */
  readonly saw: ReadonlyMap<string, number>;
}

/** An operation's id, and the same as text. */
export interface NamedOperation {
  readonly id: OperationId;
  readonly name: string;
}

export interface EpochFact {
  readonly logId: Uint8Array;
  /** Hash of the epoch before it, in hex. */
  readonly parent: string;
  /** Entry public keys of the devices that it puts out, in hex. */
  readonly removed: readonly string[];
  readonly purged: readonly PasskeyId[];
  /** The operations that its first document holds. */
  readonly applied: OperationSet;
}

export class Ledger {
  readonly written = new Map<string, Written>();
  /** Which entry admitted a device, by its tag; none for the devices that were there from the beginning. */
  readonly admitted = new Map<string, string>();
  /** Operations that some device issued again. */
  readonly reissued = new Set<string>();
  /** Every epoch that was made in this run, told of or not, by its hash. */
  readonly epochs = new Map<string, EpochFact>();
  /** Entries that came over a wire and that nobody had written. */
  readonly forged = new Set<string>();

  constructor(before: Ledger | null = null) {
    for (const [hash, entry] of before?.written ?? []) this.written.set(hash, entry);
  }

  /** A row of the disk of `author`; `tips` is how far it had seen the chains of that log. */
  write(
    key: Uint8Array,
    bytes: Uint8Array,
    author: Device,
    tips: ReadonlyMap<string, ChainTip> = author.state.tips,
  ): Written {
    const { hash, deviceTag, seq } = readEntryKey(key);
    const sealed = SealedEntry.decode(bytes);
    const { prev, logId } = sealed.header;
    const isPresent = equalBytes(logId, author.context.epoch.logId);
    const opened = openOwn(sealed, author);
    const operations = listIds(opened).map((id) => ({ id, name: formatOperationId(id) }));
    if (opened.kind === "reissue") for (const { name } of operations) this.reissued.add(name);
    const written = {
      kind: opened.kind,
      operations,
      hash: encodeHex(hash),
      logId: encodeHex(logId),
      tag: encodeHex(deviceTag),
      seq,
      bytes,
      previous: seq === 1 ? null : encodeHex(prev),
      saw: new Map(isPresent ? [...tips].map(([tag, tip]) => [tag, tip.seq]) : []),
    };
    this.written.set(written.hash, written);
    return written;
  }

  /** The entry and all without which nobody takes it: those before it in its chain, and those that made its author a member. */
  *restsOn(hash: string): Generator<string> {
    for (let next: string | null = hash; next !== null; next = this.written.get(next)?.previous ?? null)
      yield next;
    const admission = this.admitted.get(this.written.get(hash)?.tag ?? "");
    if (admission !== undefined) yield* this.restsOn(admission);
  }

  /** For people who read a trace: chain, number and hash, each as short as tells them apart. */
  nameOf(hash: string): string {
    const written = this.written.get(hash);
    return `${written?.tag.slice(0, 4) ?? "????"}/${written?.seq ?? "?"} ${hash.slice(0, 6)}`;
  }

  /** An epoch that `maker` is about to tell of. */
  noteEpoch(maker: Device, { made, epoch }: StagedEpoch): void {
    const { record, hash } = epoch;
    const members = [...maker.state.members.values()];
    const keyOf = (recordHash: Uint8Array): string =>
      encodeHex(
        members.find((member) => equalBytes(member.hash, recordHash))!.member.identity.entryPublicKey,
      );
    const { snapshotKey } = made.metadataKeys;
    this.epochs.set(encodeHex(hash), {
      logId: record.logId,
      parent: encodeHex(record.parent),
      removed: record.removed.map(keyOf),
      purged: record.purged.map(passkeyId),
      applied: openSnapshot(snapshotKey, record.logId, made.snapshot.bytes, made.snapshot.hash).applied,
    });
  }

  /** The epoch with this hash and those before it that were made in this run, the newest first. */
  chainOf(hash: Uint8Array): EpochFact[] {
    const chain: EpochFact[] = [];
    for (let at = this.epochs.get(encodeHex(hash)); at !== undefined; at = this.epochs.get(at.parent))
      chain.push(at);
    return chain;
  }

  /** Whether a device has an operation: from the first document of its epoch, or from an entry since. */
  hasOperation({ epoch, state }: Device, act: Pick<Act, "entry" | "operation">): boolean {
    if (act.entry !== null && state.accepted.has(act.entry)) return true;
    if (act.operation === null) return false;
    const { id, name } = act.operation;
    if (this.epochs.get(encodeHex(epoch.hash))?.applied.has(id) === true) return true;
    return this.reissued.has(name) && [...state.accepted.keys()].some((hash) => this.#carries(hash, name));
  }

  #carries(hash: string, name: string): boolean {
    return this.written.get(hash)?.operations.some((operation) => operation.name === name) === true;
  }

  /** Bytes on their way to a device. What is nobody's entry is remembered as forged. */
  pass(bytes: Uint8Array): void {
    const hash = hashOf(bytes);
    if (hash !== null && !this.written.has(hash)) this.forged.add(hash);
  }

  /** Whether these are, byte for byte, what somebody wrote. */
  isGenuine(hash: string, bytes: Uint8Array): boolean {
    const written = this.written.get(hash);
    return written !== undefined && equalBytes(written.bytes, bytes);
  }
}

/** In the log that the author is in, or in one that it has left: there it may lead others home. */
function openOwn(sealed: SealedEntry, author: Device): OpenedEntry {
  const { context, state } = author;
  const { logId, deviceTag } = sealed.header;
  const maker = state.members.get(encodeHex(deviceTag))?.member.identity.entryPublicKey;
  const verified = sealed.verify(maker ?? context.self.signer.publicKey);
  if (equalBytes(logId, context.epoch.logId)) return verified.open(context.epoch.keys, context.epoch.hash);
  const left = [...state.epochs.values()].find(({ record }) => equalBytes(record.logId, logId))!;
  return verified.open(deriveMetadataEpochKeys(author.metadataRoot(logId)), left.hash);
}

/** Those that a person or a device made, not the ones that an entry of membership is. */
function listIds({ kind, payload }: OpenedEntry): OperationId[] {
  if (kind === "change") return decodeChangePayload(payload).changes.map(({ operation }) => operation);
  return kind === "reissue" ? decodeReissuePayload(payload).map(({ operation }) => operation) : [];
}

/** In hex, or `null` for bytes that have not the form of an entry. */
export function hashOf(bytes: Uint8Array): string | null {
  try {
    return encodeHex(SealedEntry.decode(bytes).hash);
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

/** Hashes of every entry that a disk holds, accepted or waiting, in hex. */
export function entriesOn(disk: Disk): Set<string> {
  const found = new Set(disk.rows("entry").map(({ key }) => encodeHex(readEntryKey(key).hash)));
  for (const { key } of disk.rows("held")) found.add(encodeHex(key.subarray(-32)));
  return found;
}
