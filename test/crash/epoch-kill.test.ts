/**
 * Promise 3 against SIGKILL at the writes of a change of keys (sync-protocol.md § 11): the program `latchkey` with a real vault file and a real
 * relay is killed at one system call after the other, as the one that makes it and as one that follows.
 */
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveDevice, viewOf } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { verifyUser } from "../scenario/rooms.ts";
import { drawNumbers } from "../scenario/seed.ts";
import { type Account, register, signIn } from "../scenario/site.ts";
import { canTrace, type Ended, killAt, type KillPoint, runLatchkey } from "./strace.ts";

const SLOW = process.env["SLOW"] !== undefined;
/** More than a change of keys of these small vaults makes; a process that gets by has been through all. */
const CALLS = { pwrite64: 160, fsync: 24 } as const;

let folder: ReturnType<typeof makeFolder>;
let relay: NodeRelay;
let account: Account;
let open: LiveDevice[];

const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);
const numberOf = ({ device }: LiveDevice): number => device.epoch.record.number;
const idOf = ({ document }: LiveDevice) => document.list()[0]!.id;
const tagsOf = ({ document }: LiveDevice) => document.list()[0]!.tags;

async function opened(name: string): Promise<LiveDevice> {
  const device = await LiveDevice.open(pathOf(name), name);
  open.push(device);
  return device;
}

async function closeAll(): Promise<void> {
  for (const device of open.splice(0)) await device.close();
}

beforeEach(async () => {
  folder = makeFolder();
  open = [];
  const file = join(folder.path, "relay.sqlite");
  relay = await startRelay({ admission: { mode: "open" }, file, log: () => {} });
  const desk = await LiveDevice.found(pathOf("Desk"), "Desk", [relay.origin]);
  open.push(desk);
  account = await register(desk.transact, "one.example", "ana");
  open.push(await desk.pair(pathOf("Laptop"), "Laptop"));
  for (const device of open) device.connect();
  for (const device of open) await device.settled();
  await closeAll();
});
afterEach(async () => {
  await closeAll();
  await relay.close();
  folder.remove();
});

/** Both devices, until they are in one epoch with everything that was saved, and sign in. */
async function expectBoth(tags: readonly string[]): Promise<void> {
  const devices = [await opened("Desk"), await opened("Laptop")];
  for (const device of devices) {
    await expectWhole(device);
    await signIn(device.transact, account);
    device.connect();
  }
  const [desk, laptop] = devices as [LiveDevice, LiveDevice];
  await until(
    () =>
      numberOf(desk) === numberOf(laptop) &&
      devices.every((device) => tags.every((tag) => tagsOf(device).includes(tag))),
  );
  for (const device of devices) await device.settled();
  for (const device of devices) await verifyUser(device);
  await until(async () => (await viewOf(desk)).stateHash === (await viewOf(laptop)).stateHash);
  for (const device of devices) {
    await signIn(device.transact, account);
    device.disconnect();
    await expectWhole(device);
  }
  await closeAll();
}

/** A few kill points by chance; with `SLOW` each, until the process gets by. */
function choosePoints(): KillPoint[] {
  const random = drawNumbers();
  const all = (["pwrite64", "fsync"] as const).flatMap((call) =>
    Array.from({ length: CALLS[call] }, (_, i) => ({ call, at: i + 1 })),
  );
  if (SLOW) return all;
  // One where the commits are, one at a sync.
  return [
    { call: "pwrite64", at: 1 + Math.floor(random() * 100) },
    { call: "fsync", at: 1 + Math.floor(random() * 5) },
  ];
}

/** For each point: `prepare` gives what must survive, then the command is killed there. How many were killed. */
async function killEverywhere(
  name: string,
  command: readonly string[],
  prepare: (tag: string) => Promise<void>,
): Promise<number> {
  const tags: string[] = [];
  let kills = 0;
  for (const [round, point] of choosePoints().entries()) {
    const tag = `round ${round}`;
    await prepare(tag);
    tags.push(tag);
    const ended: Ended = await runLatchkey(pathOf(name), command, killAt(pathOf(name), point));
    // strace ends as its process did: of a signal, so without an exit code.
    if (ended.exit === null) kills++;
    else expect(ended, ended.stderr).toMatchObject({ exit: 0 });
    await expectBoth(tags).catch((error: unknown) => {
      throw new Error(`after SIGKILL at ${point.call} ${point.at}`, { cause: error });
    });
  }
  return kills;
}

describe.skipIf(!canTrace)("the program, killed while the vault's keys change", () => {
  const edit = async (name: string, tag: string): Promise<LiveDevice> => {
    const device = await opened(name);
    await editPasskey(device.device, idOf(device), `tag/${tag}`, true);
    return device;
  };

  test("promise 3: as the maker, is in the old epoch or the new one and takes the others along", async () => {
    const kills = await killEverywhere("Desk", ["vault", "rotate"], async (tag) => {
      await edit("Desk", tag);
      await closeAll();
    });
    expect(kills).toBeGreaterThan(0);
  });

  test("promise 3: as one that follows, comes into the new epoch with what it had written", async () => {
    const kills = await killEverywhere("Laptop", ["sync", "now"], async (tag) => {
      await edit("Laptop", tag);
      await closeAll();
      const desk = await opened("Desk");
      const before = numberOf(desk);
      expect(await desk.call("vault.rotate", {})).toMatchObject({ epoch: before + 1 });
      await desk.settled();
      await closeAll();
    });
    expect(kills).toBeGreaterThan(0);
  });
});
