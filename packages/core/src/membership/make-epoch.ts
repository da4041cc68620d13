/**
 * Making an epoch: new roots, a new log, a snapshot for its beginning and the record that binds them, with each member's seals. It is the
 * same for epoch 1 and for all after it; what differs is who is in it and what its document holds.
 */
import type { CborValue } from "../cbor/codec.ts";
import type { SigningKeyPair } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import type { ChainTip } from "../log/entry.ts";
import { sealSnapshot, type Snapshot } from "../log/snapshot.ts";
import type { CredentialCrypto, Random } from "../ports.ts";
import type { OperationSet } from "../vault/operation-set.ts";
import {
  commitToRoot,
  deriveLogId,
  deriveMetadataEpochKeys,
  deriveSigningEpochKeys,
  makeRoots,
  type MetadataEpochKeys,
  type SigningEpochKeys,
} from "./epoch.ts";
import { type EpochReason, makeEpochRecord } from "./epoch-record.ts";
import type { MemberRecord } from "./member-record.ts";
import { sealRoot } from "./seal.ts";

/**
 * Devices in an epoch: each has two seals of 1 192 bytes in the record, and the record is one entry of 64 KiB. (A log may know some more,
 * which are put out in it.)
 */
export const MAX_EPOCH_MEMBERS = 24;

export interface NextMember {
  readonly record: MemberRecord;
  readonly seniority: number;
  /** Gets no signing seal until its probation ends. */
  readonly probation: boolean;
}

export interface EpochPlan {
  readonly number: number;
  readonly parent: Uint8Array;
  readonly reason: EpochReason;
  readonly purged: readonly Uint8Array[];
  /** Given the log id: member records of epoch 1 are signed for their log. */
  readonly members: (logId: Uint8Array) => readonly NextMember[];
  readonly removed: readonly Uint8Array[];
  readonly covers: readonly ChainTip[];
  /** What the epoch begins with. Secrets are sealed under the new secret key, which is wiped by whoever gets `signingKeys`. */
  readonly content: (secretKey: Uint8Array) => EpochContent;
}

export interface EpochContent {
  readonly document: Uint8Array;
  readonly stateHash: Uint8Array;
  readonly applied: OperationSet;
}

export interface MadeEpoch {
  readonly roots: { readonly metadata: Uint8Array; readonly signing: Uint8Array };
  readonly metadataKeys: MetadataEpochKeys;
  readonly signingKeys: SigningEpochKeys;
  readonly logId: Uint8Array;
  readonly epochHash: Uint8Array;
  /** The payload of the `epoch-record` entry. */
  readonly payload: CborValue;
  readonly snapshot: Snapshot;
}

/** Throws `LK-VAULT-LIMIT` for too many members, and what `content` throws. */
export function makeEpoch(
  plan: EpochPlan,
  maker: { readonly entry: SigningKeyPair; readonly authority: SigningKeyPair },
  deps: { readonly random: Random; readonly crypto: Pick<CredentialCrypto, "sha256"> },
): MadeEpoch {
  const { random } = deps;
  const roots = makeRoots(random);
  const metadataKeys = deriveMetadataEpochKeys(roots.metadata);
  const signingKeys = deriveSigningEpochKeys(roots.signing);
  const roomAuthorityPublicKey = signingKeys.roomAuthority.publicKey;
  const logId = deriveLogId(metadataKeys.roomAuth.publicKey, roomAuthorityPublicKey, deps.crypto);
  const members = plan.members(logId);
  if (members.length > MAX_EPOCH_MEMBERS) {
    throw new VaultError("LK-VAULT-LIMIT", `epoch has ${members.length} devices, limit ${MAX_EPOCH_MEMBERS}`);
  }
  const { document, stateHash, applied } = plan.content(signingKeys.secretKey);
  const snapshot = sealSnapshot(metadataKeys.snapshotKey, logId, {
    members: members.map(({ record }) => record.bytes),
    document,
    applied,
  });
  const seals = members.map(({ record, probation }) => {
    const { metadataKemPublicKey, secretKemPublicKey } = record.member.identity;
    const place = { logId, member: record.hash };
    return {
      member: record.hash,
      metadata: sealRoot(metadataKemPublicKey, { ...place, root: "M" }, roots.metadata, random),
      signing: probation
        ? null
        : sealRoot(secretKemPublicKey, { ...place, root: "S" }, roots.signing, random),
    };
  });
  const { payload, hash } = makeEpochRecord(
    {
      number: plan.number,
      parent: plan.parent,
      reason: plan.reason,
      purged: plan.purged,
      logId,
      roomAuthorityPublicKey,
      metadataCommitment: commitToRoot("M", roots.metadata),
      signingCommitment: commitToRoot("S", roots.signing),
      stateHash,
      members: members.map(({ record, seniority, probation }) => ({
        record: record.hash,
        seniority,
        probation,
      })),
      removed: plan.removed,
      covers: plan.covers,
      snapshotHash: snapshot.hash,
      seals,
    },
    maker,
  );
  return { roots, metadataKeys, signingKeys, logId, epochHash: hash, payload, snapshot };
}
