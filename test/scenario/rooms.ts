/** A relay in memory without a network: rooms with entries and a snapshot each. Devices take turns to sync with it, and follow epochs. */
import { encodeHex } from "@latchkey/core/bytes/text";
import { followEpochs, settleIn } from "@latchkey/core/device/follow-epochs";
import { openKeptRoom, readKeptLogs } from "@latchkey/core/device/kept-log";
import { publishEpoch } from "@latchkey/core/device/move-epoch";
import { presentRoom, type RelayRoom } from "@latchkey/core/device/relay-room";
import { type NextEpochPlan, stageEpoch } from "@latchkey/core/device/stage-epoch";
import type { Standing } from "@latchkey/core/device/standing";
import { wipeTier } from "@latchkey/core/device/tiers";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import type { LiveDevice } from "./live-device.ts";

interface Room {
  readonly entries: ReadonlyMap<string, Uint8Array>;
  readonly snapshot: Uint8Array | null;
}

const EMPTY: Room = { entries: new Map(), snapshot: null };

export class Rooms {
  #rooms: ReadonlyMap<string, Room>;

  constructor(rooms: ReadonlyMap<string, Room> = new Map()) {
    this.#rooms = rooms;
  }

  /** Goes on by itself from here. */
  copy(): Rooms {
    return new Rooms(this.#rooms);
  }

  #room(logId: Uint8Array): Room {
    return this.#rooms.get(encodeHex(logId)) ?? EMPTY;
  }

  #put(logId: Uint8Array, room: Room): void {
    this.#rooms = new Map(this.#rooms).set(encodeHex(logId), room);
  }

  async #visit(room: RelayRoom): Promise<void> {
    const there = this.#room(room.keys.id);
    await room.receive([...there.entries.values()]);
    const accepted = await room.readEntries(room.listAccepted());
    const more = accepted.map(({ hash, bytes }): [string, Uint8Array] => [encodeHex(hash), bytes]);
    const snapshot = there.snapshot ?? (await room.readSnapshot())?.bytes ?? null;
    this.#put(room.keys.id, { entries: new Map([...there.entries, ...more]), snapshot });
  }

  /** What a device does when it comes online: its room, those that it has left, and on to where the records lead. */
  async sync({ device }: LiveDevice): Promise<Standing> {
    for (;;) {
      const before = encodeHex(device.epoch.hash);
      await this.#visit(presentRoom(device));
      for (const kept of await readKeptLogs(device.deps.store, device.context.rows))
        await this.#visit(await openKeptRoom(device, kept));
      const standing = await followEpochs(device, async ({ room }) => this.#room(room.id).snapshot);
      if (encodeHex(device.epoch.hash) === before) return standing;
    }
  }

  /** Until everything has been told to everybody. */
  async settle(...devices: readonly LiveDevice[]): Promise<void> {
    for (let round = 0; round < 3; round++) for (const device of devices) await this.sync(device);
  }

  /** Changes the keys of the vault, as a host does with its relays. */
  async changeKeys({ host, device }: LiveDevice, plan: Partial<NextEpochPlan> = {}): Promise<void> {
    const signing = await host.openSigning(withPassphrase(), "change the keys of the vault");
    try {
      const whole = { reason: "yearly", removed: [], purged: [], ...plan } as const;
      const staged = await stageEpoch(device, signing, whole);
      this.#put(staged.made.logId, { entries: new Map(), snapshot: staged.made.snapshot.bytes });
      await publishEpoch(device, staged, signing);
      await settleIn(device);
    } finally {
      wipeTier(signing);
    }
  }
}

/** A user verification: what waited for it is done. */
export async function verifyUser({ host }: LiveDevice): Promise<void> {
  wipeTier(await host.openSigning(withPassphrase(), "do what waited"));
}
