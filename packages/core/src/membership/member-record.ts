/**
 * Who is a member: the record of one device, vouched for by a device that was one already (the founder vouches for itself).
 *
 *   record        = [1, identity, name, platform, day, sponsor entry public key(32), probation, is page]
 *   hash          = H(member-hash, record)
 *   member record = [record, sponsor's entry signature(64), sponsor's authority signature(64)]
 *                   both Ed25519 over [member-signature, logId, record]
 *   member entry  = [member record, metadata seal of M, signing seal of S or null]
 *
 * Two signatures, one of each tier: a stolen disk or a process that runs while the vault is locked cannot add a device.
 * Probation: null, or when it ends by itself, in ms since 1970 by the sponsor's clock, or 0: when another device agrees. Until it ends the
 * device has no signing seal (`approval.ts`).
 * The seals carry the epoch's roots to the new device; they are bound to [logId, record hash, "M" or "S"].
 * The log id stands for the epoch: it commits to both roots' public keys, and an epoch record can name the record without a circle.
 */
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import {
  isSignedBy,
  SIGNATURE_BYTES,
  SIGNING_PUBLIC_KEY_BYTES,
  type SigningKeyPair,
  signOperands,
} from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import { decodeIdentity, type DeviceIdentity, encodeIdentity } from "./device.ts";
import { ROOT_SEAL_BYTES } from "./seal.ts";

const VERSION = 1;
/** UTF-16 units of a device name. */
export const MAX_DEVICE_NAME = 64;
/** UTF-16 units of a platform name such as `linux` or `windows`. */
export const MAX_PLATFORM_NAME = 32;

export interface Member {
  readonly identity: DeviceIdentity;
  readonly name: string;
  readonly platform: string;
  /** Days since 1970, by the sponsor's clock: for people, never for a decision. */
  readonly day: number;
  readonly sponsor: Uint8Array;
  /** `null` when the device was let in whole; else when its probation ends by itself, ms since 1970, or `WITHOUT_END`. */
  readonly probation: number | null;
  /** A recovery page (`page.ts`), and not a device. */
  readonly page: boolean;
}

export interface MemberRecord {
  readonly member: Member;
  readonly hash: Uint8Array;
  /** The encoded member record, with signatures. */
  readonly bytes: Uint8Array;
}

/** Probation that ends only when another device agrees. */
export const WITHOUT_END = 0;

function encodeMember(member: Member): CborValue {
  const { identity, name, platform, day, sponsor, probation, page } = member;
  return [VERSION, encodeIdentity(identity), name, platform, day, sponsor, probation, page];
}

function decodeMember(value: CborValue): Member {
  const fields = new Fields(value, "member", 8);
  const version = fields.uint("version");
  if (version !== VERSION)
    throw new VaultError("LK-EPOCH-MALFORMED", `member version ${version}, known ${VERSION}`);
  return {
    identity: decodeIdentity(fields.value()),
    name: fields.text("name", MAX_DEVICE_NAME),
    platform: fields.text("platform", MAX_PLATFORM_NAME),
    day: fields.uint("day"),
    sponsor: fields.bytes("sponsor", SIGNING_PUBLIC_KEY_BYTES),
    probation: fields.optional((f) => f.uint("probation")),
    page: fields.boolean("is page"),
  };
}

/** Makes and signs a member record in the sponsor's name. */
export function makeMemberRecord(
  member: Member,
  logId: Uint8Array,
  sponsor: { readonly entry: SigningKeyPair; readonly authority: SigningKeyPair },
): MemberRecord {
  const record = encodeMember(member);
  const bytes = encodeCbor([
    record,
    signOperands(sponsor.entry, LABELS.memberSignature, logId, record),
    signOperands(sponsor.authority, LABELS.memberSignature, logId, record),
  ]);
  return { member, hash: hash(LABELS.memberHash, record), bytes };
}

/**
 * Reads a member record without its signatures being checked: for records whose hash a verified epoch record names.
 * Throws `LK-EPOCH-MALFORMED`, or `LK-EPOCH-SIGNATURE` when `expectedHashes` does not have it.
 */
export function readNamedMemberRecord(
  bytes: Uint8Array,
  expectedHashes: readonly Uint8Array[],
): MemberRecord {
  const { member, record } = parse(bytes);
  const recordHash = hash(LABELS.memberHash, record);
  if (!expectedHashes.some((expected) => equalBytes(expected, recordHash))) {
    throw new VaultError("LK-EPOCH-SIGNATURE", "member record is not named by the epoch record");
  }
  return { member, hash: recordHash, bytes };
}

/** Reads a record and checks both signatures of its sponsor. Throws `LK-EPOCH-MALFORMED` or `LK-EPOCH-SIGNATURE`. */
export function verifyMemberRecord(
  bytes: Uint8Array,
  logId: Uint8Array,
  sponsor: DeviceIdentity,
): MemberRecord {
  const { member, record, entrySignature, authoritySignature } = parse(bytes);
  const operands = [LABELS.memberSignature, logId, record] as const;
  if (
    !equalBytes(member.sponsor, sponsor.entryPublicKey) ||
    !isSignedBy(sponsor.entryPublicKey, entrySignature, ...operands) ||
    !isSignedBy(sponsor.authorityPublicKey, authoritySignature, ...operands)
  ) {
    throw new VaultError("LK-EPOCH-SIGNATURE", "member record is not signed by both keys of its sponsor");
  }
  return { member, hash: hash(LABELS.memberHash, record), bytes };
}

function parse(bytes: Uint8Array) {
  return readStructure("LK-EPOCH-MALFORMED", bytes, (value) => {
    const fields = new Fields(value, "member record", 3);
    const record = fields.value();
    return {
      record,
      member: decodeMember(record),
      entrySignature: fields.bytes("entry signature", SIGNATURE_BYTES),
      authoritySignature: fields.bytes("authority signature", SIGNATURE_BYTES),
    };
  });
}

/** The payload of a `member` entry. */
export interface MemberEntry {
  readonly record: Uint8Array;
  readonly metadataSeal: Uint8Array;
  readonly signingSeal: Uint8Array | null;
}

const RECORD_BYTES = { min: 1, max: 8_192 };

export function encodeMemberEntry(entry: MemberEntry): CborValue {
  return [entry.record, entry.metadataSeal, entry.signingSeal];
}

export function decodeMemberEntry(value: CborValue): MemberEntry {
  const fields = new Fields(value, "member entry", 3);
  return {
    record: fields.bytes("member record", RECORD_BYTES),
    metadataSeal: fields.bytes("metadata seal", ROOT_SEAL_BYTES),
    signingSeal: fields.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
  };
}
