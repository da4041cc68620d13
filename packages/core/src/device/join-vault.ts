/**
 * The new device's part: its keys before the pairing, and after it everything that the welcome and the relay hand over, verified from
 * the root up. The welcome comes through the pairing and is believed; the relay is not:
 *
 *   seals open to the roots that the epoch record commits to → the roots give the room's keys, and those the log id → the snapshot has
 *   the hash that the record names → its maker, found in the snapshot, signed the record with both keys
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import {
  deriveMetadataKeys,
  deriveSigningKeys,
  type DeviceIdentity,
  identityOf,
  makeDeviceSeeds,
  type MetadataSeeds,
  type SigningSeeds,
} from "../membership/device.ts";
import { type EpochRecord, readEpochClaim, verifyEpochRecord } from "../membership/epoch-record.ts";
import { deriveLogId, deriveMetadataEpochKeys, deriveSigningEpochKeys } from "../membership/epoch.ts";
import { openRoot } from "../membership/seal.ts";
import type { SigningKeyPair } from "../crypto/signature.ts";
import type { KeyProtector, Random } from "../ports.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { epochSeenRow } from "../sync/epoch-seen-rows.ts";
import { startReplica } from "../sync/replay-log.ts";
import { findMember } from "../sync/replica-state.ts";
import type { DeviceDeps } from "./device.ts";
import { LOCAL_KEY_BYTES } from "./found-vault.ts";
import { storeNewDevice } from "./new-device.ts";
import { makeContext } from "./open-device.ts";
import { sealFirstRelays } from "./relay-settings.ts";
import { decodeWelcome, type Welcome } from "./welcome.ts";

/** A device that is not in any vault yet. */
export interface Newcomer {
  readonly identity: DeviceIdentity;
  readonly metadata: MetadataSeeds;
  readonly signing: SigningSeeds;
}

export function makeNewcomer(random: Random): Newcomer {
  const seeds = makeDeviceSeeds(random);
  const identity = identityOf(deriveMetadataKeys(seeds.metadata), deriveSigningKeys(seeds.signing));
  return { identity, ...seeds };
}

/** What a newcomer needs to fetch the snapshot from a relay: the room, and which snapshot. */
export interface JoinedRoom {
  readonly logId: Uint8Array;
  readonly auth: SigningKeyPair;
  readonly authorityPublicKey: Uint8Array;
  readonly snapshotHash: Uint8Array;
}

export interface JoiningVault {
  readonly room: JoinedRoom;
  /** Verifies the snapshot and stores the device, with the relays to ask for the rest. Throws, with nothing stored, when anything does not fit. */
  finish(
    deps: DeviceDeps,
    protector: KeyProtector,
    snapshot: Uint8Array,
    relays: readonly RelayAddress[],
  ): Promise<void>;
}

/** Opens a welcome. Throws `LK-PAIR-MALFORMED`, `LK-PAIR-VERSION`, `LK-EPOCH-MALFORMED` or `LK-EPOCH-SEAL`. */
export function openWelcome(
  newcomer: Newcomer,
  bytes: Uint8Array,
  deps: Pick<DeviceDeps, "crypto">,
): JoiningVault {
  const welcome = decodeWelcome(bytes);
  const epoch = readEpochClaim(welcome.epochPayload);
  const { logId, metadataCommitment, snapshotHash } = epoch.record;
  const place = { logId, member: welcome.memberHash };
  const { metadataKem } = deriveMetadataKeys(newcomer.metadata);
  const metadataRoot = openRoot(
    metadataKem,
    { ...place, root: "M" },
    welcome.metadataSeal,
    metadataCommitment,
  );
  const signingRoots = openSigningRoot(newcomer, welcome, place, epoch.record);
  const { roomAuth: auth } = deriveMetadataEpochKeys(metadataRoot);
  const authorityPublicKey = epoch.record.roomAuthorityPublicKey;
  if (!equalBytes(deriveLogId(auth.publicKey, authorityPublicKey, deps.crypto), logId)) {
    throw new VaultError("LK-EPOCH-SEAL", "roots do not lead to the log that the epoch record names");
  }
  return {
    room: { logId, auth, authorityPublicKey, snapshotHash },
    async finish(device, protector, snapshot, relays) {
      const local = device.random(LOCAL_KEY_BYTES);
      const metadata = { ...newcomer.metadata, local, roots: [{ logId, root: metadataRoot }] };
      const context = makeContext(metadata, epoch, device.random);
      const state = startReplica(context, epoch.record, snapshot);
      const maker = findMember(state, epoch.maker);
      if (maker === null)
        throw new VaultError("LK-EPOCH-SIGNATURE", "maker of the epoch record is not a member");
      const { hash, record } = verifyEpochRecord(welcome.epochPayload, maker.member);
      const seen = { hash, record, payload: welcome.epochPayload, makerRecord: maker.hash };
      // What the inviter had seen is asked for: whatever of it a relay keeps back shows as a gap.
      const named = new Map(welcome.seen.map((tip) => [encodeHex(tip.deviceTag), tip]));
      await storeNewDevice(device.store, protector, device.random, {
        context,
        state: { ...state, named, epochs: new Map([[encodeHex(hash), seen]]) },
        metadata,
        signing: { ...newcomer.signing, roots: signingRoots, rooms: [] },
        epoch,
        epochPayload: welcome.epochPayload,
        ownRecord: welcome.memberHash,
        snapshot,
        rows: [sealFirstRelays(context.rows, relays), epochSeenRow(context.rows, seen)],
      });
    },
  };
}

function openSigningRoot(
  newcomer: Newcomer,
  welcome: Welcome,
  place: { readonly logId: Uint8Array; readonly member: Uint8Array },
  record: EpochRecord,
) {
  if (welcome.signingSeal === null) return [];
  const { secretKem } = deriveSigningKeys(newcomer.signing);
  const root = openRoot(secretKem, { ...place, root: "S" }, welcome.signingSeal, record.signingCommitment);
  const { roomAuthority, secretKey } = deriveSigningEpochKeys(root);
  wipe(secretKey, roomAuthority.secretKey);
  if (!equalBytes(roomAuthority.publicKey, record.roomAuthorityPublicKey)) {
    throw new VaultError("LK-EPOCH-SEAL", "signing root does not give the room's authority key");
  }
  return [{ logId: place.logId, root }];
}
