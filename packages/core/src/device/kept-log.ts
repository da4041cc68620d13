/**
 * A log that the device has left and still looks after: members that were away find the way on in its room, and what they wrote there may
 * still come. The relay is given it again if it lost it, and what it holds of others is taken in: epoch records are judged, members that
 * came in are noted, the rest is kept as it is, for its author issues it again.
 *
 *   row  meta / "kept/" ‖ log id(16) = sealed [1, epoch record entry, day left, [[deviceTag, record hash, member record, on probation], …], [[entry hash(32), pin(64)], …], own tip or null]
 *
 * A pin is the room authority's signature by which the record that leads on outlives the emptying of the room.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { decodeHex, encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure, readValue } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { SIGNATURE_BYTES } from "../crypto/signature.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { type ChainTip, decodeTip, encodeTip } from "../log/entry.ts";
import { type OpenedEntry, SealedEntry } from "../log/verify.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { deriveMetadataEpochKeys, type MetadataEpochKeys } from "../membership/epoch.ts";
import { type EpochClaim, readEpochClaim } from "../membership/epoch-record.ts";
import { decodeMemberEntry, readNamedMemberRecord, verifyMemberRecord } from "../membership/member-record.ts";
import { PAGE_KINDS } from "../membership/page.ts";
import type { RoomId } from "../relay-protocol/room-id.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { addEpoch, addReadmission, verifySeenEpoch } from "../sync/entry-payload.ts";
import { MEMBERSHIP_ACTS } from "../sync/receive-entries.ts";
import { closeDraft, openDraft } from "../sync/receive-draft.ts";
import { encodeMembers, entryRow, readEntryKey, readMemberList } from "../sync/replica-rows.ts";
import type { AcceptedEntry, LogMember, ReplicaState } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";
import { readEpochRow } from "./epoch-row.ts";
import { listShareable, listSuccessors } from "./shareable.ts";
import type { RelayRoom } from "./relay-room.ts";

const VERSION = 1;
const PREFIX = encodeUtf8("kept/");
/** The records that this device wrote there: its own, and those of a chain that won. */
const MAX_PINS = 64;

export interface Pin {
  readonly entryHash: Uint8Array;
  readonly signature: Uint8Array;
}

export const keptLogKey = (logId: Uint8Array): Uint8Array => concatBytes(PREFIX, logId);

export interface KeptLog {
  readonly epoch: EpochClaim;
  /** The record's entry payload. */
  readonly payload: CborValue;
  /** Days since 1970. */
  readonly leftDay: number;
  /** By device tag in hex. */
  readonly members: ReadonlyMap<string, LogMember>;
  /** This device's last entry there when it left; `null` when it had written none. */
  readonly ownTip: ChainTip | null;
  /** By entry hash in hex. */
  readonly pins: ReadonlyMap<string, Uint8Array>;
}

/** The row that keeps the log that `device` is about to leave. */
export async function keptLogRow(device: Device, state: ReplicaState, pin: Pin | null): Promise<RowChange> {
  const { rows, epoch } = device.context;
  const { payload } = await readEpochRow(device.deps.store, rows);
  const pins = pin === null ? [] : [[pin.entryHash, pin.signature]];
  const ownTip = state.tips.get(encodeHex(device.context.self.deviceTag));
  const tip = ownTip === undefined ? null : encodeTip(ownTip);
  return sealRow(rows, epoch.logId, [payload, device.today(), encodeMembers(state.members), pins, tip]);
}

const sealRow = (rows: LocalRows, logId: Uint8Array, fields: readonly CborValue[]): RowChange =>
  rows.seal("meta", keptLogKey(logId), encodeCbor([VERSION, ...fields]));

/** The row of a log in which a member was found that its successor does not know. */
function rowWith({ context }: Device, kept: KeptLog, member: LogMember): RowChange {
  const members = new Map(kept.members).set(encodeHex(member.deviceTag), member);
  const pins = [...kept.pins].map(([hash, pin]) => [decodeHex(hash) as Uint8Array, pin]);
  const { logId } = kept.epoch.record;
  const tip = kept.ownTip === null ? null : encodeTip(kept.ownTip);
  return sealRow(context.rows, logId, [kept.payload, kept.leftDay, encodeMembers(members), pins, tip]);
}

/** All logs that the device has left and keeps. A damaged row is left out: late members then depend on the other devices. */
export async function readKeptLogs(store: DeviceStore, rows: LocalRows): Promise<readonly KeptLog[]> {
  const kept: KeptLog[] = [];
  for (const row of await store.scan("meta", PREFIX)) {
    const plaintext = rows.open("meta", row);
    if (plaintext !== null) kept.push(readRow(plaintext));
  }
  return kept.sort((a, b) => a.epoch.record.number - b.epoch.record.number);
}

function readRow(plaintext: Uint8Array): KeptLog {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "kept log row", 6);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `kept log row version ${version}, known ${VERSION}`);
    const payload = fields.value();
    const epoch = readEpochClaim(payload);
    const leftDay = fields.uint("day left");
    const members = readMemberList(fields).map(({ record, hash, ...member }): [string, LogMember] => [
      encodeHex(member.deviceTag),
      { ...readNamedMemberRecord(record, [hash]), ...member },
    ]);
    const pins = fields.list("pins", MAX_PINS, (item): [string, Uint8Array] => {
      const pin = new Fields(item, "pin", 2);
      return [encodeHex(pin.bytes("entry hash", HASH_BYTES)), pin.bytes("signature", SIGNATURE_BYTES)];
    });
    const ownTip = fields.optional((f) => decodeTip(f.value()));
    return { epoch, payload, leftDay, members: new Map(members), pins: new Map(pins), ownTip };
  });
}

/** The room of a log that was left, for a session that ends when it has settled. */
export async function openKeptRoom(device: Device, kept: KeptLog): Promise<RelayRoom> {
  const { store, random } = device.deps;
  const { logId, roomAuthorityPublicKey, snapshotHash } = kept.epoch.record;
  const keys = deriveMetadataEpochKeys(device.metadataRoot(logId));
  const accepted = new Map<string, AcceptedEntry>();
  for (const { key, value } of await store.scan("entry", logId)) {
    const entry = readEntryKey(key);
    if (value !== null) accepted.set(encodeHex(entry.hash), entry);
  }
  return {
    keys: { id: logId as RoomId, auth: keys.roomAuth, authorityPublicKey: roomAuthorityPublicKey },
    random,
    today: () => device.today(),
    listAccepted: () => listShareable(accepted.values(), listSuccessors(device.state, kept.epoch.hash)),
    listGaps: () => [],
    pinOf: (hash) => kept.pins.get(encodeHex(hash)) ?? null,
    async receive(entries) {
      const outcomes: (Uint8Array | null)[] = [];
      for (const bytes of entries) outcomes.push(await receiveLate(device, kept, keys, accepted, bytes));
      return outcomes;
    },
    async readEntries(hashes) {
      const found: { hash: Uint8Array; bytes: Uint8Array }[] = [];
      for (const hash of hashes) {
        const entry = accepted.get(encodeHex(hash));
        const row = entry && (await store.get("entry", entryRow(logId, entry, hash).key));
        if (row?.value) found.push({ hash, bytes: row.value });
      }
      return found;
    },
    async readSnapshot() {
      const bytes = (await store.get("snapshot", logId))?.value;
      return bytes ? { bytes, hash: snapshotHash } : null;
    },
    readRelayRows: (key) => store.scan("relay", key),
    commit: (changes) => device.commit(changes),
    subscribe: () => () => {},
  };
}

/** Its hash when it is kept now, else `null`. What does not verify, or comes from a device that was put out, is not kept. */
async function receiveLate(
  device: Device,
  kept: KeptLog,
  keys: MetadataEpochKeys,
  accepted: Map<string, AcceptedEntry>,
  bytes: Uint8Array,
): Promise<Uint8Array | null> {
  const { record, hash: epochHash } = kept.epoch;
  try {
    const sealed = SealedEntry.decode(bytes);
    const key = encodeHex(sealed.hash);
    const author = kept.members.get(encodeHex(sealed.header.deviceTag));
    if (author === undefined || !equalBytes(sealed.header.logId, record.logId)) return null;
    const verified = sealed.verify(author.member.identity.entryPublicKey);
    if (accepted.has(key)) return sealed.hash;
    const opened = verified.open(keys, epochHash);
    if (author.member.page && !PAGE_KINDS.has(opened.kind)) return null;
    const { deviceTag, seq } = sealed.header;
    // A record is judged with its rivals whoever made it: two that put each other out must both be known.
    if (opened.kind !== "epoch-record" && isAfterRemoval(device.state, author, seq)) return null;
    if (author.onProbation && MEMBERSHIP_ACTS.has(opened.kind)) return null;
    const entry = { hash: sealed.hash, deviceTag, seq, kind: opened.kind, position: accepted.size };
    const rows: RowChange[] = [entryRow(record.logId, entry, bytes)];
    if (opened.kind === "member") {
      const late = readLateMember(kept, opened, author);
      if (!kept.members.has(encodeHex(late.deviceTag))) rows.push(rowWith(device, kept, late));
    }
    const isTaken = await device.step((state) => {
      // The device came back here meanwhile: what comes now is for the log that it is in.
      if (equalBytes(device.context.epoch.logId, record.logId)) return null;
      const draft = openDraft(state, true);
      if (opened.kind === "epoch-record") {
        const epoch = verifySeenEpoch(device.context, draft, opened);
        if (epoch === null) return null;
        addEpoch(draft, epoch);
      }
      // It may be for this device, which went on from here into an epoch that lost.
      if (opened.kind === "readmission" && !addReadmission(device.context, draft, opened, author))
        return null;
      const step = closeDraft(device.context, state, draft);
      return { ...step, rows: [...step.rows, ...rows] };
    });
    if (!isTaken) return null;
    accepted.set(key, entry);
    return sealed.hash;
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

/** Entries of a device that was put out count as far as the record that did it covers them. */
function isAfterRemoval(state: ReplicaState, author: LogMember, seq: number): boolean {
  const tag = encodeHex(author.deviceTag);
  return [...state.epochs.values()].some(({ record }) => {
    if (!record.removed.some((hash) => equalBytes(hash, author.hash))) return false;
    const cover = record.covers.find(({ deviceTag }) => encodeHex(deviceTag) === tag);
    return seq > (cover?.seq ?? 0);
  });
}

/** Somebody who was added while the next epoch was made. Throws `LK-EPOCH-…` when the record is not its sponsor's. */
function readLateMember({ epoch }: KeptLog, opened: OpenedEntry, author: LogMember): LogMember {
  const { logId } = epoch.record;
  const { record } = readValue("LK-EPOCH-MALFORMED", () => decodeMemberEntry(opened.payload));
  const member = verifyMemberRecord(record, logId, author.member.identity);
  const onProbation = member.member.probation !== null;
  return {
    ...member,
    onProbation,
    deviceTag: deriveDeviceTag(member.member.identity.entryPublicKey, logId, 0),
  };
}
