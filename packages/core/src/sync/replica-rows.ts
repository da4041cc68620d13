/**
 * The rows in which a replica is kept (`storage/device-store.ts` has the table of tables).
 *
 *   entry    logId(16) ‖ position u64 ‖ deviceTag(8) ‖ seq u64 ‖ entry hash(32) ‖ kind u8 = the entry's bytes
 *   held     logId(16) ‖ entry hash(32)              = [0 waits or 1 refused, reason, entry's bytes]
 *   cache    position u64                            = sealed [[change hash, actor, change bytes], …]
 *   meta     "members"                               = sealed [[deviceTag, record hash, member record, on probation], …]
 *   meta     "tips"                                  = sealed [[[deviceTag, seq, hash], …], [named …], [forked tag, …], [head, …]]
 *
 * `cache` and `meta` are derived from entries and snapshot and can be built again from them; entries are the truth.
 */
import { concatBytes } from "../bytes/concat.ts";
import { decodeHex, encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { RowChange } from "../storage/device-store.ts";
import { ERROR_CODES, type ErrorCode } from "../errors.ts";
import {
  type ChainTip,
  decodeTip,
  DEVICE_TAG_BYTES,
  encodeTip,
  ENTRY_KINDS,
  type EntryKind,
  LOG_ID_BYTES,
} from "../log/entry.ts";
import { MAX_ENTRY_BYTES } from "../log/padding.ts";
import { MAX_DEVICES } from "../log/verify.ts";
import type { ActorId } from "../vault/operation-id.ts";
import type { AcceptedEntry, HeldEntry, HeldReason, LogMember, ReplicaState } from "./replica-state.ts";

const KIND_OF_NUMBER = new Map<number, EntryKind>(
  Object.entries(ENTRY_KINDS).map(([kind, number]) => [number, kind as EntryKind]),
);

const MEMBERS_KEY = encodeUtf8("members");
const TIPS_KEY = encodeUtf8("tips");
/** Larger than any count of entries in a log, and a key of 8 bytes sorts like its number. */
const POSITION_BYTES = 8;
const MAX_MEMBER_RECORD_BYTES = 8_192;
const MAX_HEADS = 4_096;

export function encodePosition(position: number): Uint8Array {
  const bytes = new Uint8Array(POSITION_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position));
  return bytes;
}

export function decodePosition(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0));
}

/** Everything about an accepted entry but its bytes stands in the key: an index is read without opening anything. */
export function entryKey(logId: Uint8Array, entry: AcceptedEntry): Uint8Array {
  return concatBytes(
    logId,
    encodePosition(entry.position),
    entry.deviceTag,
    encodePosition(entry.seq),
    entry.hash,
    Uint8Array.of(ENTRY_KINDS[entry.kind]),
  );
}

export function readEntryKey(key: Uint8Array): AcceptedEntry {
  const fields = key.subarray(LOG_ID_BYTES);
  return {
    position: decodePosition(fields.subarray(0, 8)),
    deviceTag: fields.slice(8, 16),
    seq: decodePosition(fields.subarray(16, 24)),
    hash: fields.slice(24, 56),
    kind: KIND_OF_NUMBER.get(fields[56] ?? 0) ?? "change",
  };
}

export function entryRow(logId: Uint8Array, entry: AcceptedEntry, bytes: Uint8Array): RowChange {
  return { table: "entry", key: entryKey(logId, entry), value: bytes };
}

export const heldKey = (logId: Uint8Array, entryHash: Uint8Array): Uint8Array =>
  concatBytes(logId, entryHash);

export function heldRow(logId: Uint8Array, held: HeldEntry): RowChange {
  const reason = "refused" in held.reason ? [1, held.reason.refused] : [0, held.reason.waitsFor];
  return { table: "held", key: heldKey(logId, held.hash), value: encodeCbor([...reason, held.bytes]) };
}

const WAITS = ["member", "previous", "dependencies", "epoch"] as const;

export function readHeldRow(value: Uint8Array): { readonly reason: HeldReason; readonly bytes: Uint8Array } {
  return readStructure("LK-VAULT-DAMAGED", value, (item) => {
    const fields = new Fields(item, "held row", 3);
    const refused = fields.uint("refused", 1) === 1;
    const text = fields.text("reason", 64);
    const bytes = fields.bytes("entry", { min: 1, max: MAX_ENTRY_BYTES });
    const waitsFor = WAITS.find((known) => known === text) ?? "previous";
    const code: ErrorCode = ERROR_CODES.find((known) => known === text) ?? "LK-ENTRY-MALFORMED";
    return { reason: refused ? { refused: code } : { waitsFor }, bytes };
  });
}

/** A change as the cache keeps it. */
export interface CachedChange {
  readonly hash: Uint8Array;
  readonly actor: ActorId;
  readonly bytes: Uint8Array;
}

export function cacheRow(rows: LocalRows, position: number, changes: readonly CachedChange[]): RowChange {
  const plaintext = encodeCbor(changes.map((change) => [change.hash, change.actor, change.bytes]));
  return rows.seal("cache", encodePosition(position), plaintext);
}

export function readCachedChanges(plaintext: Uint8Array): readonly CachedChange[] {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
    new Fields([value], "cache row", 1).list("changes", 512, (item) => {
      const fields = new Fields(item, "cached change", 3);
      return {
        hash: fields.bytes("hash", HASH_BYTES),
        actor: fields.text("actor", 64) as ActorId,
        bytes: fields.bytes("change", { min: 1, max: MAX_ENTRY_BYTES }),
      };
    }),
  );
}

/** The heads of a document, as a field of a row. */
export const readHeads = (fields: Fields): readonly Uint8Array[] =>
  fields.list("heads", MAX_HEADS, (item) => new Fields([item], "heads", 1).bytes("head", HASH_BYTES));

export function membersRow(rows: LocalRows, members: ReadonlyMap<string, LogMember>): RowChange {
  return rows.seal("meta", MEMBERS_KEY, encodeCbor(encodeMembers(members)));
}

/** Members as a field of a row: [[deviceTag, record hash, member record, on probation], …]. */
export const encodeMembers = (members: ReadonlyMap<string, LogMember>): CborValue =>
  [...members.values()].map((member) => [member.deviceTag, member.hash, member.bytes, member.onProbation]);

export const membersRowKey = MEMBERS_KEY;
export const tipsRowKey = TIPS_KEY;

/** A member record as this device keeps it: judged already. */
export interface KeptMember {
  readonly deviceTag: Uint8Array;
  readonly hash: Uint8Array;
  readonly record: Uint8Array;
  readonly onProbation: boolean;
}

export function readMembers(plaintext: Uint8Array): readonly KeptMember[] {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
    readMemberList(new Fields([value], "members row", 1)),
  );
}

/** Inverse of `encodeMembers`. */
export const readMemberList = (row: Fields): readonly KeptMember[] =>
  row.list("members", MAX_DEVICES, (item) => {
    const fields = new Fields(item, "member", 4);
    return {
      deviceTag: fields.bytes("device tag", DEVICE_TAG_BYTES),
      hash: fields.bytes("record hash", HASH_BYTES),
      record: fields.bytes("member record", { min: 1, max: MAX_MEMBER_RECORD_BYTES }),
      onProbation: fields.boolean("on probation"),
    };
  });

/** How far everything is: by it a row that is gone, and not only damaged, is missed. */
export interface KeptMarks extends Pick<ReplicaState, "tips" | "named" | "forked"> {
  /** Of the document after the last accepted entry. */
  readonly heads: readonly Uint8Array[];
}

export function tipsRow(
  rows: LocalRows,
  { tips, named, forked, document }: Pick<ReplicaState, "tips" | "named" | "forked" | "document">,
): RowChange {
  const encodeTips = (marks: ReadonlyMap<string, ChainTip>): CborValue => [...marks.values()].map(encodeTip);
  const forkedTags = [...forked].map((tag) => decodeHex(tag));
  const plaintext = encodeCbor([encodeTips(tips), encodeTips(named), forkedTags, document.heads()]);
  return rows.seal("meta", TIPS_KEY, plaintext);
}

export function readTips(plaintext: Uint8Array): KeptMarks {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "tips row", 4);
    const readMap = (name: string) =>
      new Map(fields.list(name, MAX_DEVICES, decodeTip).map((tip) => [encodeHex(tip.deviceTag), tip]));
    const tips = readMap("tips");
    const named = readMap("named");
    const forked = fields.list("forked", MAX_DEVICES, (item) =>
      encodeHex(new Fields([item], "forked", 1).bytes("device tag", DEVICE_TAG_BYTES)),
    );
    return { tips, named, forked: new Set(forked), heads: readHeads(fields) };
  });
}
