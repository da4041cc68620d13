/** Founding: a new vault's first epoch. One device and one member record, which it signs itself. */
import type { CredentialCrypto, Random } from "../ports.ts";
import { identityOf, type MetadataDeviceKeys, type SigningDeviceKeys } from "./device.ts";
import { NO_PARENT } from "./epoch-record.ts";
import { type EpochContent, type MadeEpoch, makeEpoch } from "./make-epoch.ts";
import { makeMemberRecord } from "./member-record.ts";

export interface FoundingDevice {
  readonly metadata: MetadataDeviceKeys;
  readonly signing: SigningDeviceKeys;
  readonly name: string;
  readonly platform: string;
  /** Days since 1970. */
  readonly day: number;
}

/** Makes epoch 1 around a document, normally the empty one. */
export function foundEpoch(
  device: FoundingDevice,
  content: (secretKey: Uint8Array) => EpochContent,
  deps: { readonly random: Random; readonly crypto: Pick<CredentialCrypto, "sha256"> },
): MadeEpoch {
  const identity = identityOf(device.metadata, device.signing);
  const maker = { entry: device.metadata.entry, authority: device.signing.authority };
  const { name, platform, day } = device;
  const sponsor = identity.entryPublicKey;
  const founder = { identity, name, platform, day, sponsor, probation: null, page: false };
  return makeEpoch(
    {
      number: 1,
      parent: NO_PARENT,
      reason: "founded",
      purged: [],
      members: (logId) => [
        { record: makeMemberRecord(founder, logId, maker), seniority: 0, probation: false },
      ],
      removed: [],
      covers: [],
      content,
    },
    maker,
    deps,
  );
}
