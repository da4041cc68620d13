/**
 * What a device knows of one log, as a value: steps (`receive-entries.ts`, `write-entry.ts`) take a state and give the next one with the rows
 * to commit. Nothing changes in place, so a commit that fails leaves the device where it was.
 */
import { compareBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import type { SigningKeyPair } from "../crypto/signature.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { RowChange } from "../storage/device-store.ts";
import type { ErrorCode } from "../errors.ts";
import type { ChainTip, EntryKind } from "../log/entry.ts";
import type { CborValue } from "../cbor/codec.ts";
import type { MetadataEpochKeys } from "../membership/epoch.ts";
import type { OwnReadmission } from "../membership/readmission.ts";
import type { JudgedEpoch } from "../membership/rivals.ts";
import type { MemberRecord } from "../membership/member-record.ts";
import type { Random } from "../ports.ts";
import type { VaultDocument } from "../vault/document.ts";
import type { PasskeyId } from "../vault/schema.ts";

/** A device of this log. */
export interface LogMember extends MemberRecord {
  readonly deviceTag: Uint8Array;
  /** It has no signing root yet, and its word on who is a member does not count (sync-protocol.md § 8). */
  readonly onProbation: boolean;
}

/** An entry that was verified, admitted and applied. Only these count: for doubles, gaps, forks and high-water marks. */
export interface AcceptedEntry {
  readonly hash: Uint8Array;
  readonly deviceTag: Uint8Array;
  readonly seq: number;
  readonly kind: EntryKind;
  /** Place in this device's own order of acceptance. */
  readonly position: number;
}

/** Why an entry is not in the vault: it waits for something, or it failed and is kept as evidence. */
export type HeldReason =
  | { readonly waitsFor: "member" | "previous" | "dependencies" | "epoch" }
  | { readonly refused: ErrorCode };

export interface HeldEntry {
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly deviceTag: Uint8Array;
  readonly seq: number;
  readonly prev: Uint8Array;
  readonly reason: HeldReason;
}

/** An epoch record that was verified: this log's own, one that follows it, or a rival. */
export interface SeenEpoch extends JudgedEpoch {
  readonly payload: CborValue;
}

/** Maps are keyed by device tag, entry hash or epoch hash in hex. */
export interface ReplicaState {
  readonly document: VaultDocument;
  readonly members: ReadonlyMap<string, LogMember>;
  /** The highest accepted entry of each device: the high-water mark. */
  readonly tips: ReadonlyMap<string, ChainTip>;
  readonly accepted: ReadonlyMap<string, AcceptedEntry>;
  readonly held: ReadonlyMap<string, HeldEntry>;
  /** The highest entry that anybody's `seen` named, where it is above what is here. */
  readonly named: ReadonlyMap<string, ChainTip>;
  /** Ways into epochs whose records do not name this device, by epoch hash. */
  readonly readmissions: ReadonlyMap<string, OwnReadmission>;
  /** Epochs that the person has chosen where the records decide nothing, by hash. */
  readonly choices: ReadonlySet<string>;
  /** Every epoch that this device knows, of other logs too: they stay when it moves on. */
  readonly epochs: ReadonlyMap<string, SeenEpoch>;
  /** Devices of which two verified entries with one number exist: a copy of the device lives. */
  readonly forked: ReadonlySet<string>;
  /** Up to which number this device's own entries have named the others' chains. */
  readonly told: ReadonlyMap<string, number>;
  readonly nextPosition: number;
  /** Operations of this session so far. */
  readonly operations: number;
}

/** What stays the same while a device is open. */
export interface ReplicaContext {
  readonly epoch: { readonly hash: Uint8Array; readonly logId: Uint8Array; readonly keys: MetadataEpochKeys };
  readonly self: {
    readonly signer: SigningKeyPair;
    readonly deviceTag: Uint8Array;
    /** 8 random bytes, new at each start and unlock. */
    readonly session: Uint8Array;
  };
  /** Members of earlier epochs that are not in this one: their records may still come. */
  readonly former: readonly MemberRecord[];
  readonly rows: LocalRows;
  readonly random: Random;
}

export type Notice =
  | { readonly is: "accepted"; readonly kind: EntryKind; readonly deviceTag: Uint8Array }
  | { readonly is: "member-added"; readonly member: LogMember }
  | { readonly is: "probation-ended"; readonly member: LogMember }
  /** A record came: whether this device is to move is judged over all that are known. */
  | { readonly is: "epoch-seen"; readonly epoch: SeenEpoch }
  /** The device is in another epoch: another log, document, members and room. */
  | { readonly is: "moved" }
  /** What the person wants done at the next contact is another than before. */
  | { readonly is: "intents-changed" }
  | { readonly is: "refused"; readonly code: ErrorCode; readonly deviceTag: Uint8Array | null }
  | { readonly is: "device-lives-twice"; readonly deviceTag: Uint8Array; readonly seq: number };

/** One step: the state after it, and what must be durable before anybody is told. */
export interface Step {
  readonly state: ReplicaState;
  readonly rows: readonly RowChange[];
  readonly notices: readonly Notice[];
  /** Passkeys whose view may have changed. */
  readonly touched: ReadonlySet<PasskeyId>;
}

/** Entries that exist, as far as others say, and are not here: what a relay withheld or fate lost. */
export function listGaps(state: ReplicaState): readonly ChainTip[] {
  return [...state.named.values(), ...listBranchGaps(state)].sort(
    (a, b) => compareBytes(a.deviceTag, b.deviceTag) || a.seq - b.seq || compareBytes(a.hash, b.hash),
  );
}

/** What is missing of a chain's other branch lies below the tip, so no high-water mark shows it: an entry that waits for it does. */
function listBranchGaps({ held, tips, accepted }: ReplicaState): ChainTip[] {
  return [...held.values()]
    .filter(({ reason, deviceTag, seq, prev }) => {
      const tip = tips.get(encodeHex(deviceTag));
      const waits = "waitsFor" in reason && reason.waitsFor === "previous";
      return waits && tip !== undefined && seq - 1 <= tip.seq && !accepted.has(encodeHex(prev));
    })
    .map(({ deviceTag, seq, prev }) => ({ deviceTag, seq: seq - 1, hash: prev }));
}

/** The member with this entry public key, or `null`. */
export function findMember(state: ReplicaState, entryPublicKey: Uint8Array): LogMember | null {
  for (const member of state.members.values()) {
    if (compareBytes(member.member.identity.entryPublicKey, entryPublicKey) === 0) return member;
  }
  return null;
}

/** Whether the device with this tag, in hex, has acknowledged that it opened every secret of the epoch. */
export const hasOpened = ({ accepted }: ReplicaState, tag: string): boolean =>
  [...accepted.values()].some(({ kind, deviceTag }) => kind === "ack" && encodeHex(deviceTag) === tag);

export const tipOf = (state: ReplicaState, deviceTag: Uint8Array): ChainTip | null =>
  state.tips.get(encodeHex(deviceTag)) ?? null;
