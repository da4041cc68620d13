/**
 * Founding: a new vault's first epoch. One device, one member record it signs itself, one epoch record, one snapshot of the empty
 * document. What comes out is the same as what a later epoch begins with, so there is one way to read both.
 */
import type { CborValue } from "../cbor/codec.ts";
import { sealSnapshot, type Snapshot } from "../log/snapshot.ts";
import type { CredentialCrypto, Random } from "../ports.ts";
import { identityOf, type MetadataDeviceKeys, type SigningDeviceKeys } from "./device.ts";
import {
  commitToRoot,
  deriveLogId,
  deriveMetadataEpochKeys,
  deriveSigningEpochKeys,
  makeRoots,
  type MetadataEpochKeys,
  type SigningEpochKeys,
} from "./epoch.ts";
import { makeEpochRecord, NO_PARENT } from "./epoch-record.ts";
import { makeMemberRecord, type MemberRecord } from "./member-record.ts";
import { sealRoot } from "./seal.ts";

export interface FoundedEpoch {
  readonly roots: { readonly metadata: Uint8Array; readonly signing: Uint8Array };
  readonly metadataKeys: MetadataEpochKeys;
  readonly signingKeys: SigningEpochKeys;
  readonly logId: Uint8Array;
  readonly epochHash: Uint8Array;
  /** The payload of the founder's first entry. */
  readonly epochPayload: CborValue;
  readonly founder: MemberRecord;
  readonly snapshot: Snapshot;
}

export interface FoundingDevice {
  readonly metadata: MetadataDeviceKeys;
  readonly signing: SigningDeviceKeys;
  readonly name: string;
  readonly platform: string;
  /** Days since 1970. */
  readonly day: number;
}

/** Makes epoch 1 around a document, normally the empty one, whose state hash is `stateHash`. */
export function foundEpoch(
  device: FoundingDevice,
  state: { readonly document: Uint8Array; readonly stateHash: Uint8Array },
  deps: { readonly random: Random; readonly crypto: Pick<CredentialCrypto, "sha256"> },
): FoundedEpoch {
  const roots = makeRoots(deps.random);
  const metadataKeys = deriveMetadataEpochKeys(roots.metadata);
  const signingKeys = deriveSigningEpochKeys(roots.signing);
  const logId = deriveLogId(
    metadataKeys.roomAuth.publicKey,
    signingKeys.roomAuthority.publicKey,
    deps.crypto,
  );
  const identity = identityOf(device.metadata, device.signing);
  const signers = { entry: device.metadata.entry, authority: device.signing.authority };
  const { name, platform, day } = device;
  const founder = makeMemberRecord(
    { identity, name, platform, day, sponsor: identity.entryPublicKey },
    logId,
    signers,
  );
  const snapshot = sealSnapshot(metadataKeys.snapshotKey, logId, {
    members: [founder.bytes],
    document: state.document,
  });
  const context = { logId, member: founder.hash };
  const { payload, hash } = makeEpochRecord(
    {
      number: 1,
      parent: NO_PARENT,
      reason: "founded",
      purged: [],
      logId,
      roomAuthorityPublicKey: signingKeys.roomAuthority.publicKey,
      metadataCommitment: commitToRoot("M", roots.metadata),
      signingCommitment: commitToRoot("S", roots.signing),
      stateHash: state.stateHash,
      members: [{ record: founder.hash, seniority: 0, probation: false }],
      covers: [],
      snapshotHash: snapshot.hash,
      seals: [
        {
          member: founder.hash,
          metadata: sealRoot(
            identity.metadataKemPublicKey,
            { ...context, root: "M" },
            roots.metadata,
            deps.random,
          ),
          signing: sealRoot(
            identity.secretKemPublicKey,
            { ...context, root: "S" },
            roots.signing,
            deps.random,
          ),
        },
      ],
    },
    signers,
  );
  return {
    roots,
    metadataKeys,
    signingKeys,
    logId,
    epochHash: hash,
    epochPayload: payload,
    founder,
    snapshot,
  };
}
