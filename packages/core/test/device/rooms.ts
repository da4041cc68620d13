/** A relay in memory without a network: rooms with entries and a snapshot each. Devices take turns to sync with it, and follow epochs. */
import { expect } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { acknowledgeOpened } from "../../src/device/acknowledge-opened.ts";
import { followEpochs, settleIn } from "../../src/device/follow-epochs.ts";
import { openKeptRoom, readKeptLogs } from "../../src/device/kept-log.ts";
import { publishEpoch } from "../../src/device/move-epoch.ts";
import { presentRoom, type RelayRoom } from "../../src/device/relay-room.ts";
import { renewWithheld } from "../../src/device/probation.ts";
import { readmitOverlooked } from "../../src/device/readmit.ts";
import { reissueOwn } from "../../src/device/reissue-own.ts";
import { type NextEpochPlan, type StagedEpoch, stageEpoch } from "../../src/device/stage-epoch.ts";
import type { Standing } from "../../src/device/standing.ts";
import { openSigning, type TestDevice } from "./devices.ts";

interface Room {
  readonly entries: Map<string, Uint8Array>;
  snapshot: Uint8Array | null;
}

export class Rooms {
  readonly #rooms = new Map<string, Room>();

  #room(logId: Uint8Array): Room {
    const key = encodeHex(logId);
    const room = this.#rooms.get(key) ?? { entries: new Map(), snapshot: null };
    this.#rooms.set(key, room);
    return room;
  }

  putSnapshot(logId: Uint8Array, snapshot: Uint8Array): void {
    this.#room(logId).snapshot = snapshot;
  }

  wipe(): void {
    this.#rooms.clear();
  }

  /** Everything that the relay holds, for looking what it can be opened with. */
  entriesOf(logId: Uint8Array): Uint8Array[] {
    return [...this.#room(logId).entries.values()];
  }

  async #visit(room: RelayRoom): Promise<void> {
    const there = this.#room(room.keys.id);
    await room.receive([...there.entries.values()]);
    for (const { hash, bytes } of await room.readEntries(room.listAccepted()))
      there.entries.set(encodeHex(hash), bytes);
    there.snapshot ??= (await room.readSnapshot())?.bytes ?? null;
  }

  /** What a device does when it comes online: its room, the ones that it has left, and on to where the records lead. */
  async sync(on: TestDevice): Promise<Standing> {
    const { device } = on;
    for (;;) {
      const before = encodeHex(device.epoch.hash);
      await this.#visit(presentRoom(device));
      await reissueOwn(device, null);
      for (const kept of await readKeptLogs(on.store, device.context.rows))
        await this.#visit(await openKeptRoom(device, kept));
      const standing = await followEpochs(device, async ({ room }) => this.#room(room.id).snapshot);
      if (encodeHex(device.epoch.hash) === before) return standing;
    }
  }

  /** Until nothing changes any more. */
  async settle(...devices: readonly TestDevice[]): Promise<void> {
    for (let round = 0; round < 4; round++) for (const device of devices) await this.sync(device);
  }
}

export const stage = async (on: TestDevice, plan: Partial<NextEpochPlan>): Promise<StagedEpoch> =>
  stageEpoch(on.device, await openSigning(on), { reason: "yearly", removed: [], purged: [], ...plan });

/** Tells of it and moves there. */
export async function publish(on: TestDevice, rooms: Rooms, staged: StagedEpoch): Promise<void> {
  rooms.putSnapshot(staged.made.logId, staged.made.snapshot.bytes);
  await publishEpoch(on.device, staged, await openSigning(on));
  await settleIn(on.device);
}

export async function makeNextEpoch(
  on: TestDevice,
  rooms: Rooms,
  plan: Partial<NextEpochPlan> = {},
): Promise<void> {
  await rooms.sync(on);
  await publish(on, rooms, await stage(on, plan));
  await rooms.sync(on);
}

/** A user verification: what waited for it is done. */
export async function verifyUser(on: TestDevice): Promise<void> {
  const signing = await openSigning(on);
  await reissueOwn(on.device, signing);
  await readmitOverlooked(on.device, signing);
  await renewWithheld(on.device, signing);
  expect(await acknowledgeOpened(on.device, signing)).toEqual([]);
}
