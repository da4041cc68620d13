/**
 * Changing the keys of the vault, to remove a device, to erase passkeys or because it is time: after a user verification, with the mailbox
 * in reach, so that the others find the way. First the new room with its snapshot, then the record that tells of it.
 */
import type { Device } from "@latchkey/core/device/device";
import type { RelayRoom } from "@latchkey/core/device/relay-room";
import type { NextEpochPlan, StagedEpoch } from "@latchkey/core/device/stage-epoch";
import { wipeTier } from "@latchkey/core/device/tiers";
import { VaultError } from "@latchkey/core/errors";
import { visitRoom } from "./relay-client/visit-room.ts";
import type { Channel } from "./channel.ts";
import { askKey, type HostServices } from "./method.ts";

/** How long the relays may take to show all that they have. */
const CONTACT_MS = 30_000;

/** What was done: the number of the epoch, and the relays that tell the others of it already. */
export interface ChangedKeys {
  readonly epoch: number;
  readonly toldAt: readonly string[];
}

/**
 * `plan` sees the device after it was brought up to date. Throws `LK-EPOCH-CONTACT` when no relay of the vault can be reached, and what
 * `stageEpoch` throws; then nothing was changed.
 */
export async function changeKeys(
  services: HostServices,
  channel: Channel,
  purpose: string,
  plan: (device: Device) => NextEpochPlan,
): Promise<ChangedKeys> {
  const { host, relays: service } = services;
  const signing = await host.openSigning(askKey(services, channel), purpose);
  try {
    const device = await host.device();
    const relays = [...device.relays(), ...(service?.nearby ?? [])];
    if (relays.length > 0) {
      const signal = AbortSignal.any([channel.signal, AbortSignal.timeout(CONTACT_MS)]);
      if ((await service?.whenSettled(signal)) !== true)
        throw new VaultError("LK-EPOCH-CONTACT", "no relay of the vault was reached in time");
    }
    await service?.epochs()?.idle();
    const [{ stageEpoch }, { publishEpoch }, { settleIn }] = await Promise.all([
      import("@latchkey/core/device/stage-epoch"),
      import("@latchkey/core/device/move-epoch"),
      import("@latchkey/core/device/follow-epochs"),
    ]);
    channel.tell({ event: "sealing" });
    const staged = await stageEpoch(device, signing, plan(device));
    const room = await makeStagedRoom(device, staged);
    const told: string[] = [];
    for (const relay of relays) {
      if ((await visitRoom(room, relay, channel.signal)) === null) told.push(relay.origin);
    }
    if (relays.length > 0 && told.length === 0)
      throw new VaultError("LK-EPOCH-CONTACT", "no relay took the vault under its new keys");
    await publishEpoch(device, staged, signing);
    await settleIn(device);
    channel.tell({ event: "telling" });
    await service?.epochs()?.visit();
    return { epoch: device.epoch.record.number, toldAt: told };
  } finally {
    wipeTier(signing);
  }
}

/** The new room before anybody knows of it: it has a snapshot and nothing else. */
async function makeStagedRoom(device: Device, staged: StagedEpoch): Promise<RelayRoom> {
  const { stagedRoom } = await import("@latchkey/core/device/move-epoch");
  return {
    keys: stagedRoom(staged),
    random: device.deps.random,
    today: () => device.today(),
    listAccepted: () => [],
    listGaps: () => [],
    pinOf: () => null,
    receive: (entries) => Promise.resolve(entries.map(() => null)),
    readEntries: () => Promise.resolve([]),
    readSnapshot: () => Promise.resolve(staged.made.snapshot),
    readRelayRows: () => Promise.resolve([]),
    commit: () => Promise.resolve(),
    subscribe: () => () => {},
  };
}
