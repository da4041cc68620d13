/**
 * The epoch record: one atomic step from an epoch to the next, and the root of trust of the first. Signed by both keys of its maker.
 *
 *   record  = [1, number, parent epoch hash(32), reason, [purged id, …], log id(16), room authority public key(32), H(M), H(S), state hash(32),
 *              [[member record hash(32), seniority, probation], …], [removed member record hash(32), …],
 *              [[deviceTag, seq, hash], …], snapshot hash(32), seals]
 *   seals   = [[member record hash(32), metadata seal of M, signing seal of S or null], …]
 *   epoch hash = H(epoch-hash, record)
 *   payload of the entry = [record, maker's entry public key(32), entry signature(64), authority signature(64)]
 *                          both Ed25519 over [epoch-signature, epoch hash]
 *
 * Epoch 1 is `number` 1 with a parent of zeros, no covers, one member: its maker; its record is the maker's first entry. A later one
 * stands in the log of its parent. `covers` are tips of the parent's chains, by the tags of that log: what they reach is in the snapshot.
 * A member of the parent is named, removed or, when the maker did not know of it, neither.
 */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readValue } from "../cbor/fields.ts";
import { HASH_BYTES, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import {
  isSignedBy,
  SIGNATURE_BYTES,
  SIGNING_PUBLIC_KEY_BYTES,
  type SigningKeyPair,
  signOperands,
} from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import { type ChainTip, decodeTip, encodeTip, LOG_ID_BYTES } from "../log/entry.ts";
import { MAX_DEVICES } from "../log/verify.ts";
import type { Member } from "./member-record.ts";
import { ROOT_SEAL_BYTES } from "./seal.ts";

const VERSION = 1;
/** Longest credential id (WebAuthn § 5.1: 1023 bytes). */
const MAX_PURGED_ID_BYTES = 1_023;
const MAX_PURGED_IDS = 1_024;

/** Why the epoch was made. */
export const EPOCH_REASONS = { founded: 1, removal: 2, purge: 3, size: 4, yearly: 5, recovery: 6 } as const;
export type EpochReason = keyof typeof EPOCH_REASONS;

export interface EpochMember {
  readonly record: Uint8Array;
  /** 0 is the founder; the older one wins between rivals. */
  readonly seniority: number;
  readonly probation: boolean;
}

export interface EpochSeal {
  readonly member: Uint8Array;
  readonly metadata: Uint8Array;
  readonly signing: Uint8Array | null;
}

export interface EpochRecord {
  readonly number: number;
  readonly parent: Uint8Array;
  readonly reason: EpochReason;
  readonly purged: readonly Uint8Array[];
  readonly logId: Uint8Array;
  /** The new room's: a locked device needs it to join there. With the room auth key that follows from M it gives the log id. */
  readonly roomAuthorityPublicKey: Uint8Array;
  readonly metadataCommitment: Uint8Array;
  readonly signingCommitment: Uint8Array;
  readonly stateHash: Uint8Array;
  readonly members: readonly EpochMember[];
  /** Hashes of the records of members that this record puts out. */
  readonly removed: readonly Uint8Array[];
  readonly covers: readonly ChainTip[];
  readonly snapshotHash: Uint8Array;
  readonly seals: readonly EpochSeal[];
}

/** A record, its hash and its maker's entry public key, as the record claims. */
export interface EpochClaim {
  readonly record: EpochRecord;
  readonly hash: Uint8Array;
  readonly maker: Uint8Array;
}

/** A claim whose two signatures were checked; `verifyEpochRecord` alone makes one. */
export type VerifiedEpoch = EpochClaim & { readonly [VERIFIED]: true };
declare const VERIFIED: unique symbol;

type Maker = Pick<Member, "identity" | "page">;

export const NO_PARENT: Uint8Array = new Uint8Array(HASH_BYTES);

function encodeRecord(record: EpochRecord): CborValue {
  return [
    VERSION,
    record.number,
    record.parent,
    EPOCH_REASONS[record.reason],
    record.purged,
    record.logId,
    record.roomAuthorityPublicKey,
    record.metadataCommitment,
    record.signingCommitment,
    record.stateHash,
    record.members.map((member) => [member.record, member.seniority, member.probation]),
    record.removed,
    record.covers.map(encodeTip),
    record.snapshotHash,
    record.seals.map((seal) => [seal.member, seal.metadata, seal.signing]),
  ];
}

function decodeRecord(value: CborValue): EpochRecord {
  const fields = new Fields(value, "epoch record", 15);
  const version = fields.uint("version");
  if (version !== VERSION)
    throw new VaultError("LK-VAULT-NEWER", `epoch record version ${version}, known ${VERSION}`);
  return {
    number: fields.uint("number"),
    parent: fields.bytes("parent", HASH_BYTES),
    reason: reasonOf(fields.uint("reason")),
    purged: fields.list("purged", MAX_PURGED_IDS, (id) =>
      new Fields([id], "purged", 1).bytes("credential id", { min: 1, max: MAX_PURGED_ID_BYTES }),
    ),
    logId: fields.bytes("log id", LOG_ID_BYTES),
    roomAuthorityPublicKey: fields.bytes("room authority key", SIGNING_PUBLIC_KEY_BYTES),
    metadataCommitment: fields.bytes("commitment to M", HASH_BYTES),
    signingCommitment: fields.bytes("commitment to S", HASH_BYTES),
    stateHash: fields.bytes("state hash", HASH_BYTES),
    members: fields.list("members", MAX_DEVICES, (item) => {
      const member = new Fields(item, "epoch member", 3);
      return {
        record: member.bytes("record hash", HASH_BYTES),
        seniority: member.uint("seniority"),
        probation: member.boolean("probation"),
      };
    }),
    removed: fields.list("removed", MAX_DEVICES, (item) =>
      new Fields([item], "removed", 1).bytes("member record hash", HASH_BYTES),
    ),
    covers: fields.list("covers", MAX_DEVICES, decodeTip),
    snapshotHash: fields.bytes("snapshot hash", HASH_BYTES),
    seals: fields.list("seals", MAX_DEVICES, (item) => {
      const seal = new Fields(item, "epoch seal", 3);
      return {
        member: seal.bytes("record hash", HASH_BYTES),
        metadata: seal.bytes("metadata seal", ROOT_SEAL_BYTES),
        signing: seal.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
      };
    }),
  };
}

function reasonOf(number: number): EpochReason {
  for (const [reason, value] of Object.entries(EPOCH_REASONS))
    if (value === number) return reason as EpochReason;
  throw new VaultError("LK-EPOCH-MALFORMED", `epoch reason ${number} is not known`);
}

/** Signs a record with both keys of its maker: the payload of an `epoch-record` entry, and the epoch's hash. */
export function makeEpochRecord(
  record: EpochRecord,
  maker: { readonly entry: SigningKeyPair; readonly authority: SigningKeyPair },
): { readonly payload: CborValue; readonly hash: Uint8Array } {
  const value = encodeRecord(record);
  const epochHash = hash(LABELS.epochHash, value);
  return {
    hash: epochHash,
    payload: [
      value,
      maker.entry.publicKey,
      signOperands(maker.entry, LABELS.epochSignature, epochHash),
      signOperands(maker.authority, LABELS.epochSignature, epochHash),
    ],
  };
}

/**
 * A record as it says it is, before any signature is checked: to find its snapshot, and in that its maker, whose keys then verify it;
 * or a device's own sealed copy, verified before. Throws `LK-EPOCH-MALFORMED`.
 */
export function readEpochClaim(payload: CborValue): EpochClaim {
  const { record, hash, maker } = parse(payload);
  return { record, hash, maker };
}

/**
 * Checks both signatures of the maker, and that a recovery page alone calls its record a recovery: it would else outrank what gives way to nobody.
 * Throws `LK-EPOCH-MALFORMED` or `LK-EPOCH-SIGNATURE`.
 */
export function verifyEpochRecord(payload: CborValue, { identity: maker, page }: Maker): VerifiedEpoch {
  const parsed = parse(payload);
  const operands = [LABELS.epochSignature, parsed.hash] as const;
  if (
    !equalBytes(parsed.maker, maker.entryPublicKey) ||
    !isSignedBy(maker.entryPublicKey, parsed.entrySignature, ...operands) ||
    !isSignedBy(maker.authorityPublicKey, parsed.authoritySignature, ...operands)
  ) {
    throw new VaultError("LK-EPOCH-SIGNATURE", "epoch record is not signed by both keys of its maker");
  }
  if (page !== (parsed.record.reason === "recovery"))
    throw new VaultError(
      "LK-EPOCH-MALFORMED",
      `record for ${parsed.record.reason} is not this member's to make`,
    );
  const claim: EpochClaim = { record: parsed.record, hash: parsed.hash, maker: parsed.maker };
  return claim as VerifiedEpoch;
}

function parse(payload: CborValue) {
  return readValue("LK-EPOCH-MALFORMED", () => {
    const fields = new Fields(payload, "epoch record entry", 4);
    const value = fields.value();
    return {
      record: decodeRecord(value),
      hash: hash(LABELS.epochHash, value),
      maker: fields.bytes("maker", SIGNING_PUBLIC_KEY_BYTES),
      entrySignature: fields.bytes("entry signature", SIGNATURE_BYTES),
      authoritySignature: fields.bytes("authority signature", SIGNATURE_BYTES),
    };
  });
}
