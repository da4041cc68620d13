/** Two devices of one vault and the relay that lies to them; and what must be true when it is honest again. */
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { listGaps } from "@latchkey/core/sync/replica-state";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { expect, onTestFinished } from "vitest";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { LiveDevice, viewOf } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { type Account, register } from "../scenario/site.ts";
import { LyingRelay } from "./lying-relay.ts";

export interface World {
  readonly folder: string;
  readonly relay: LyingRelay;
  readonly desk: LiveDevice;
  readonly laptop: LiveDevice;
  /** Whose passkey both have. */
  readonly account: Account;
  /** Desk writes once more, and says which text. */
  readonly write: (on?: LiveDevice) => Promise<string>;
  /** Every note that a device shows. */
  readonly notes: (on: LiveDevice) => (string | null)[];
}

/** A vault with one passkey that both devices have, and a relay that has it too. More relays of the vault in `others`. */
export async function makeWorld(others: readonly string[] = []): Promise<World> {
  const folder = makeFolder();
  onTestFinished(() => folder.remove());
  const relay = await LyingRelay.start(join(folder.path, "relay.db"));
  onTestFinished(() => relay.close());
  const desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", [relay.origin, ...others]);
  onTestFinished(() => desk.close());
  const account = await register(desk.transact, "one.example", "ana");
  const laptop = await desk.pair(join(folder.path, "laptop.latchkey"), "Laptop");
  onTestFinished(() => laptop.close());
  await laptop.device.writeBeacon();
  for (const device of [desk, laptop]) {
    device.connect();
    await device.settled();
  }
  await agree(desk, laptop);
  for (const device of [desk, laptop]) device.disconnect();
  let written = 0;
  return {
    folder: folder.path,
    relay,
    desk,
    laptop,
    account,
    write: async (on = desk) => {
      const note = `note ${++written} of ${on.name}`;
      await editPasskey(on.device, on.document.list()[0]!.id, "note", note);
      return note;
    },
    notes: (on) => on.document.list().map(({ note }) => note),
  };
}

/** Connects anew and waits until the relay and the device have told each other everything. */
export async function sync(...devices: readonly LiveDevice[]): Promise<void> {
  for (const device of devices) {
    device.disconnect();
    device.connect();
  }
  for (const device of devices) await device.settled();
}

/** Resolves when all of them have the same entries. */
export async function agree(...devices: readonly LiveDevice[]): Promise<void> {
  const entriesOf = ({ device }: LiveDevice): string => [...device.state.accepted.keys()].sort().join();
  await until(() => new Set(devices.map(entriesOf)).size === 1);
}

export const sizeOf = ({ device }: LiveDevice): number => device.state.accepted.size;

/** The relay is honest again: then all devices agree, nothing is missing or waits, every log verifies, and the relay has all of it. */
export async function expectHealed(
  { relay, desk, laptop }: World,
  ...more: readonly LiveDevice[]
): Promise<void> {
  relay.lie = {};
  const devices = [desk, laptop, ...more];
  await sync(...devices);
  await agree(...devices);
  for (const device of devices) await device.settled();
  const [first, ...others] = await Promise.all(devices.map(viewOf));
  for (const other of others) expect(other).toEqual(first);
  for (const device of devices) {
    device.disconnect();
    expect(listGaps(device.device.state)).toEqual([]);
    // What claims to be of a device that nobody knows waits for ever.
    const waiting = [...device.device.state.held.values()].filter(
      ({ reason }) => "waitsFor" in reason && reason.waitsFor !== "member",
    );
    expect(waiting).toEqual([]);
    await device.restart();
    await expectWhole(device);
  }
  const [room] = inspectRelayFile(relay.file).rooms;
  expect(room?.description.entries).toBe(sizeOf(desk));
  expect(room?.description.snapshot?.hash).toEqual(desk.device.epoch.record.snapshotHash);
}
