/**
 * Leaving one epoch for the next (sync-protocol.md § 6): the metadata tier moves at once, with or without anybody there; the signing root
 * stays in its seal until the person is next verified. Everything is checked before, and committed in one transaction.
 *
 * What is kept of the old log: its entries, snapshot, room keys and members, until every device has moved (`kept-log.ts`).
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { wipe } from "../crypto/wipe.ts";
import { signOperands } from "../crypto/signature.ts";
import { pinOperands } from "../relay-protocol/handshake.ts";
import { deriveLogId, deriveMetadataEpochKeys, deriveSigningEpochKeys } from "../membership/epoch.ts";
import { type EpochRecord, readEpochClaim } from "../membership/epoch-record.ts";
import type { ChainTip } from "../log/entry.ts";
import { openRoot } from "../membership/seal.ts";
import { makeCacheRows } from "../sync/load-replica.ts";
import { reenterReplica } from "../sync/replay-log.ts";
import { purgeJournal } from "../sync/journal.ts";
import { membersRow, tipsRow } from "../sync/replica-rows.ts";
import {
  findMember,
  type ReplicaContext,
  type ReplicaState,
  type SeenEpoch,
  type Step,
} from "../sync/replica-state.ts";
import { writeEpochRecord } from "../sync/write-entry.ts";
import type { RoomKeys } from "../sync/join-room.ts";
import type { RoomId } from "../relay-protocol/room-id.ts";
import { makeNextDocument } from "../vault/next-document.ts";
import { passkeyId } from "../vault/schema.ts";
import { deriveStateHash } from "../vault/state-hash.ts";
import type { Device, Move } from "./device.ts";
import { metadataRootsRow } from "./epoch-roots.ts";
import { sealEpochRow } from "./epoch-row.ts";
import { sealFormerMembers } from "./former-members.ts";
import { keptLogKey, keptLogRow, type Pin, readKeptLogs } from "./kept-log.ts";
import { makeContext } from "./open-device.ts";
import { sealSigningRoots } from "./signing-roots.ts";
import { judgeStanding } from "./standing.ts";
import type { StagedEpoch } from "./stage-epoch.ts";
import { type MetadataTier, rootOf, type SigningTier } from "./tiers.ts";

/** An epoch that this device was let into: its metadata root, out of the seal. */
export interface OpenedEpoch {
  readonly epoch: SeenEpoch;
  readonly metadataRoot: Uint8Array;
  readonly ownRecord: Uint8Array;
  /** Where the record has no seal for this device, because it was added again. */
  readonly ownSeal: Uint8Array | null;
  /** The room in which its snapshot and log are. */
  readonly room: RoomKeys;
}

/** Opens this device's seal in a record. Throws `LK-EPOCH-REMOVED` when it has none, `LK-EPOCH-SEAL` when it leads nowhere. */
export function openEpoch(device: Device, epoch: SeenEpoch): OpenedEpoch {
  const { logId, seals, metadataCommitment, roomAuthorityPublicKey } = epoch.record;
  const seal = seals.find(({ member }) => equalBytes(member, device.ownRecord));
  const again = device.state.readmissions.get(encodeHex(epoch.hash));
  const metadataSeal = seal?.metadata ?? again?.metadataSeal;
  if (metadataSeal === undefined)
    throw new VaultError("LK-EPOCH-REMOVED", "epoch record has no seal for this device");
  const ownRecord = seal === undefined && again !== undefined ? again.ownRecord : device.ownRecord;
  const ownSeal = seal === undefined ? (again?.signingSeal ?? null) : null;
  const place = { logId, member: ownRecord, root: "M" } as const;
  const metadataRoot = openRoot(device.metadataKem(), place, metadataSeal, metadataCommitment);
  const { roomAuth } = deriveMetadataEpochKeys(metadataRoot);
  if (!equalBytes(deriveLogId(roomAuth.publicKey, roomAuthorityPublicKey, device.deps.crypto), logId))
    throw new VaultError("LK-EPOCH-SEAL", "root does not lead to the log that the epoch record names");
  const room = { id: logId as RoomId, auth: roomAuth, authorityPublicKey: roomAuthorityPublicKey };
  return { epoch, metadataRoot, ownRecord, ownSeal, room };
}

/** The room of a staged epoch, to put its snapshot there. */
export function stagedRoom({ made, epoch }: StagedEpoch): RoomKeys {
  const { roomAuthorityPublicKey } = epoch.record;
  return {
    id: made.logId as RoomId,
    auth: made.metadataKeys.roomAuth,
    authorityPublicKey: roomAuthorityPublicKey,
  };
}

/**
 * Moves with a snapshot that came from anywhere. Resolves `false` when the device is not on the way there any more. Throws `LK-EPOCH-SNAPSHOT`, or `LK-EPOCH-STATE` when the document is not the one that the
 * record promises; then the device stays where it is.
 */
export function moveToEpoch(device: Device, opened: OpenedEpoch, snapshot: Uint8Array): Promise<boolean> {
  return device.move(async (state, tier) => {
    // While the snapshot was fetched, another record may have come, or this device may have made one.
    const standing = judgeStanding(device);
    if (standing.is !== "behind" || !equalBytes(standing.next.hash, opened.epoch.hash)) return null;
    return makeMove(device, { state, tier, step: null, pin: null }, opened, snapshot, []);
  });
}

/** Tells the others of a staged epoch and moves there, in one transaction. Throws `LK-EPOCH-STATE` when this device has moved meanwhile. */
export async function publishEpoch(device: Device, staged: StagedEpoch, signing: SigningTier): Promise<void> {
  const { made, epoch, signingRoots } = staged;
  const { ownRecord } = device;
  const room = stagedRoom(staged);
  const opened = { epoch, metadataRoot: made.roots.metadata, ownRecord, ownSeal: null, room };
  const { authority, rooms } = signing;
  const signingRow = sealSigningRoots(authority, { roots: signingRoots, rooms }, device.deps.random);
  await device.move(async (state, tier) => {
    if (!equalBytes(device.epoch.hash, epoch.record.parent))
      throw new VaultError("LK-EPOCH-STATE", "device moved to another epoch while this one was made");
    const step = writeEpochRecord(device.context, state, epoch);
    const pin = pinRecord(device, signing, step);
    return makeMove(device, { state: step.state, tier, step, pin }, opened, made.snapshot.bytes, [
      signingRow,
    ]);
  });
}

/** The record is to outlive the emptying of the room: signed while the tier that holds the room's authority is open. */
function pinRecord(device: Device, signing: SigningTier, { rows, state }: Step): Pin {
  const { logId } = device.context.epoch;
  const own = state.tips.get(encodeHex(device.context.self.deviceTag)) as ChainTip;
  const entry = rows.find(({ table }) => table === "entry")?.value as Uint8Array;
  const { secretKey, roomAuthority } = deriveSigningEpochKeys(rootOf(signing, logId));
  try {
    const [label, ...operands] = pinOperands(logId as RoomId, entry);
    return { entryHash: own.hash, signature: signOperands(roomAuthority, label, ...operands) };
  } finally {
    wipe(secretKey, roomAuthority.secretKey);
  }
}

async function makeMove(
  device: Device,
  before: {
    readonly state: ReplicaState;
    readonly tier: MetadataTier;
    readonly step: Step | null;
    readonly pin: Pin | null;
  },
  { epoch, metadataRoot, ownRecord, ownSeal }: OpenedEpoch,
  snapshot: Uint8Array,
  rows: Move["rows"],
): Promise<Move> {
  const { context: old, deps } = device;
  const { record, hash } = epoch;
  const roots = [...before.tier.roots, { logId: record.logId, root: metadataRoot }];
  const tier = { ...before.tier, roots };
  // What a device made while it was on probation never counts, also when it was put out since.
  const trusted = [...before.state.members.values()].filter(({ onProbation }) => !onProbation);
  const former = [...old.former, ...trusted];
  const fresh = makeContext(tier, epoch, deps.random, former);
  // The session goes on: numbers of operations are counted over epochs.
  const context = { ...fresh, self: { ...fresh.self, session: old.self.session } };
  const epochs = new Map(before.state.epochs).set(encodeHex(hash), epoch);
  const begun = await enterLog(device, context, { record, snapshot, epochs });
  const { operations, readmissions, choices } = before.state;
  const state = { ...begun, operations, readmissions, choices };
  // Who was added again is in the log and not in the snapshot.
  const isNamed = record.members.some((member) => equalBytes(member.record, ownRecord));
  if (isNamed && findMember(state, old.self.signer.publicKey) === null)
    throw new VaultError("LK-EPOCH-SNAPSHOT", "snapshot does not have this device among its members");
  if (!equalBytes(deriveStateHash(state.document), record.stateHash))
    throw new VaultError("LK-EPOCH-STATE", "document is not the one that the epoch record promises");
  if (before.step === null) checkAgainst(before.state, epoch);
  const stale = await deps.store.scan("cache");
  return {
    context,
    epoch: readEpochClaim(epoch.payload),
    ownRecord,
    tier,
    state,
    rows: [
      ...(before.step?.rows ?? []),
      ...rows,
      await keptLogRow(device, before.state, before.pin),
      // It may come back to where it has been: that is no log that it has left any more.
      { table: "meta", key: keptLogKey(record.logId), value: null },
      metadataRootsRow(context.rows, roots),
      sealEpochRow(context.rows, { payload: epoch.payload, ownRecord, ownSeal }),
      sealFormerMembers(context.rows, former),
      { table: "snapshot", key: record.logId, value: snapshot },
      ...(await purgeJournal(deps.store, context.rows, record.purged.map(passkeyId))),
      ...stale.map(({ key }) => ({ table: "cache" as const, key, value: null })),
      ...(await makeCacheRows(deps.store, context, state)),
      membersRow(context.rows, state.members),
      tipsRow(context.rows, state),
    ],
  };
}

/**
 * The state at the beginning of the epoch; for one that the device has been in before, with what it has of its log: its chain there goes on,
 * and a chain that began anew would be a fork.
 */
async function enterLog(
  device: Device,
  context: ReplicaContext,
  from: {
    readonly record: EpochRecord;
    readonly snapshot: Uint8Array;
    readonly epochs: ReplicaState["epochs"];
  },
): Promise<ReplicaState> {
  const { store } = device.deps;
  const state = await reenterReplica(store, context, from.record, from.snapshot, from.epochs);
  const kept = (await readKeptLogs(store, context.rows)).find(({ epoch }) =>
    equalBytes(epoch.record.logId, from.record.logId),
  );
  const tip = kept?.ownTip ?? null;
  const own = encodeHex(context.self.deviceTag);
  if (tip === null || tip.seq <= (state.tips.get(own)?.seq ?? 0)) return state;
  return { ...state, tips: new Map(state.tips).set(own, tip), named: new Map(state.named).set(own, tip) };
}

/**
 * Whoever holds exactly what the record covers can make its document again, but for the seals: what the maker left out or changed shows.
 * Throws `LK-EPOCH-STATE`.
 */
function checkAgainst(state: ReplicaState, { record, makerRecord }: SeenEpoch): void {
  if (!holdsExactly(state, record.covers, makerRecord)) return;
  const expected = makeNextDocument(
    state.document,
    record.purged.map(passkeyId),
    (_id, _register, value) => value,
  );
  try {
    if (equalBytes(deriveStateHash(expected), record.stateHash)) return;
  } finally {
    expected.free();
  }
  throw new VaultError("LK-EPOCH-STATE", "document of the epoch is not what the covered entries make");
}

/** The maker's record itself comes after what it covers. */
function holdsExactly(state: ReplicaState, covers: readonly ChainTip[], makerRecord: Uint8Array): boolean {
  const covered = new Map(covers.map(({ deviceTag, seq }) => [encodeHex(deviceTag), seq]));
  return [...state.members].every(([tag, member]) => {
    const here = state.tips.get(tag)?.seq ?? 0;
    const behind = equalBytes(member.hash, makerRecord) ? 1 : 0;
    return here - behind === (covered.get(tag) ?? 0);
  });
}
