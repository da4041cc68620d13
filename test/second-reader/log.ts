/**
 * One log opened with its roots (docs/protocol.md §§ 3, 4, 6), for the second reader: the epoch record and its maker, members, entries with
 * their signatures, and the document after them. What § 5 forbids in a change it does not look for. Written from the page alone.
 */
import * as Automerge from "@automerge/automerge";
import type { SealedLog } from "./archive.ts";
import { bytesOf, decode, encode, equal, fields, type Item, list } from "./cbor.ts";
import {
  checkRoot,
  checkSignature,
  deviceTag,
  epochKeys,
  hash,
  hex,
  label,
  open,
  openSealed,
  openStream,
  sha256,
  unpad,
} from "./ground.ts";

export interface OpenLog {
  readonly epochHash: Uint8Array;
  readonly number: number;
  readonly parent: Uint8Array;
  readonly document: Automerge.Doc<Record<string, Record<string, unknown>>>;
}

interface Identity {
  readonly entryKey: Uint8Array;
  readonly authorityKey: Uint8Array;
}

/** Throws at the first thing that is not as the page says. */
export function openLog(log: SealedLog, m: Uint8Array, s: Uint8Array | null): OpenLog {
  const keys = epochKeys(m);
  const sealedEpoch = openSealed(keys.record, log.sealedEpoch, [label("archive-seal"), log.logId]);
  const [record = null, maker, entrySignature, authoritySignature] = fields(decode(sealedEpoch), 4);
  const epoch = readRecord(record);
  if (!equal(epoch.logId, log.logId) || !equal(keys.logIdWith(epoch.roomAuthority), log.logId))
    throw new Error("record, root and log do not belong together");
  checkRoot("M", m, epoch.metadataCommitment);
  if (s !== null) checkRoot("S", s, epoch.signingCommitment);
  if (!equal(encode(log.seals), encode(epoch.seals))) throw new Error("seals are not the record's");

  const { members, document } = openSnapshot(log, keys.snapshot, epoch);
  const author = [...members.values()].find(({ entryKey }) => equal(entryKey, bytesOf(maker, 32)));
  if (author === undefined) throw new Error("maker of the epoch is no member");
  const epochHash = hash("epoch-hash", record);
  const signed = [label("epoch-signature"), epochHash];
  checkSignature(author.entryKey, bytesOf(entrySignature, 64), signed, "epoch record");
  checkSignature(author.authorityKey, bytesOf(authoritySignature, 64), signed, "epoch record");

  const changes: Uint8Array[] = [];
  const hashes = new Set<string>();
  for (const bytes of log.entries) takeEntry(log.logId, keys, epochHash, members, hashes, changes, bytes);
  const [applied] = Automerge.applyChanges(Automerge.load<OpenLog["document"]>(document), changes);
  return { epochHash, number: epoch.number, parent: epoch.parent, document: applied };
}

function readRecord(record: Item) {
  const [version, number, parent, , , logId, roomAuthority, m, s, , members, , , snapshot, seals] = fields(
    record,
    15,
  );
  if (version !== 1 || typeof number !== "number") throw new Error("epoch record is of another version");
  return {
    number,
    parent: bytesOf(parent, 32),
    logId: bytesOf(logId, 16),
    roomAuthority: bytesOf(roomAuthority, 32),
    metadataCommitment: m,
    signingCommitment: s,
    members: list(members).map((member) => hex(bytesOf(fields(member, 3)[0], 32))),
    snapshotHash: bytesOf(snapshot, 32),
    seals: list(seals),
  };
}

function openSnapshot(log: SealedLog, key: Uint8Array, epoch: ReturnType<typeof readRecord>) {
  if (!equal(hash("snapshot-hash", log.snapshot), epoch.snapshotHash))
    throw new Error("snapshot is not the one that the record names");
  const plain = unpad(openStream(key, log.snapshot, [label("snapshot-seal"), log.logId]));
  const [version, records, document] = fields(decode(plain), 4);
  if (version !== 1) throw new Error("snapshot is of another version");
  const members = new Map<string, Identity>();
  for (const member of list(records)) {
    const [record = null] = fields(decode(bytesOf(member)), 3);
    if (!epoch.members.includes(hex(hash("member-hash", record))))
      throw new Error("record of a member is not named");
    addMember(members, record, log.logId);
  }
  return { members, document: bytesOf(document) };
}

/** Returns the sponsor. */
function addMember(members: Map<string, Identity>, record: Item, logId: Uint8Array): Uint8Array {
  const [, identity, , , , sponsor] = fields(record, 8);
  const [entryKey, authorityKey] = fields(identity, 4);
  const member = { entryKey: bytesOf(entryKey, 32), authorityKey: bytesOf(authorityKey, 32) };
  members.set(hex(deviceTag(member.entryKey, logId)), member);
  return bytesOf(sponsor, 32);
}

function takeEntry(
  logId: Uint8Array,
  keys: ReturnType<typeof epochKeys>,
  epochHash: Uint8Array,
  members: Map<string, Identity>,
  hashes: Set<string>,
  changes: Uint8Array[],
  bytes: Uint8Array,
): void {
  if (![2_048, 4_096, 16_384, 65_536].includes(bytes.length)) throw new Error("entry has an odd size");
  const [header = null, nonce = null, ciphertext = null, signature] = fields(decode(bytes), 4);
  const [version, suite, entryLog, tag, seq, prev] = fields(header, 6);
  if (version !== 1 || suite !== 1 || !equal(bytesOf(entryLog), logId))
    throw new Error("entry is of another log");
  const author = members.get(hex(bytesOf(tag, 8)));
  if (author === undefined) throw new Error("entry is by no member");
  const signed = [label("entry-signature"), header, nonce, ciphertext];
  checkSignature(author.entryKey, bytesOf(signature, 64), signed, "entry");
  const before = seq === 1 ? equal(bytesOf(prev), new Uint8Array(32)) : hashes.has(hex(bytesOf(prev)));
  if (!before) throw new Error("entry follows none that is here");
  hashes.add(hex(hash("entry-hash", header, nonce, ciphertext)));

  const data = [label("entry-seal"), header];
  const [asContent, asRecord] = [keys.entry, keys.record].map((key) => {
    try {
      return open(key, bytesOf(nonce, 24), bytesOf(ciphertext), data);
    } catch {
      return null;
    }
  });
  const padded = asContent ?? asRecord;
  if (padded == null) throw new Error("entry does not open");
  const [ofEpoch, , kind, payload] = fields(decode(unpad(padded)), 4);
  if (!equal(bytesOf(ofEpoch), epochHash)) throw new Error("entry is of another epoch");
  if ([4, 5, 6, 9, 10].includes(kind as number) !== (asContent == null))
    throw new Error("entry has the wrong key");
  if (kind === 1)
    for (const change of list(fields(payload, 2)[1])) takeChange(fields(change, 3).slice(1), changes);
  if (kind === 8) {
    for (const operation of list(payload))
      for (const change of list(fields(operation, 3)[2])) takeChange(fields(change, 2), changes);
  }
  if (kind === 4) {
    const [record = null, first, second] = fields(decode(bytesOf(fields(payload, 3)[0])), 3);
    const sponsor = addMember(members, record, logId);
    if (!equal(sponsor, author.entryKey)) throw new Error("member is not sponsored by its author");
    const operands = [label("member-signature"), logId, record];
    checkSignature(author.entryKey, bytesOf(first, 64), operands, "member");
    checkSignature(author.authorityKey, bytesOf(second, 64), operands, "member");
  }
}

/** A chunk begins with magic and checksum, four bytes each; what comes after is hashed. */
function takeChange([changeHash, chunk]: readonly Item[], changes: Uint8Array[]): void {
  if (!equal(sha256(bytesOf(chunk).slice(8)), bytesOf(changeHash)))
    throw new Error("change is not the signed one");
  changes.push(bytesOf(chunk));
}
