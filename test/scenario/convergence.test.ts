/** Promises 2 and 3 with real vault files: devices act apart in any order and converge, by a real relay or directly, and nothing is lost. */
import { join } from "node:path";
import { deletePasskey, editPasskey, restorePasskey } from "@latchkey/core/device/passkey-acts";
import { listGaps } from "@latchkey/core/sync/replica-state";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { openPage } from "../demo/web-page.ts";
import { LiveDevice, viewOf } from "./live-device.ts";
import { PeopleModel, readShown } from "./people-model.ts";
import { expectWhole } from "./replay.ts";
import { propertySeed } from "./seed.ts";

const SLOW = process.env["SLOW"] !== undefined;
const REGISTERS = ["title", "note", "tag/work", "favourite"];
const NAMES = ["Desk", "Laptop", "Phone", "Tablet"];

/** One thing that happens on or between devices. Numbers choose among what is there at that time. */
const step = fc.record({
  does: fc.oneof(
    { weight: 3, arbitrary: fc.constant("create" as const) },
    { weight: 10, arbitrary: fc.constant("put" as const) },
    { weight: 2, arbitrary: fc.constantFrom("clear" as const, "delete" as const, "restore" as const) },
    { weight: 1, arbitrary: fc.constantFrom("beacon" as const, "relock" as const, "restart" as const) },
    { weight: 5, arbitrary: fc.constant("meet" as const) },
  ),
  device: fc.nat(),
  other: fc.nat(),
  passkey: fc.nat(),
  register: fc.nat(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const pick = <T>(from: readonly T[], number: number): T => from[number % from.length]!;

interface World {
  readonly devices: LiveDevice[];
  readonly model: PeopleModel;
}

async function withWorld(
  count: number,
  relays: readonly string[],
  run: (world: World) => Promise<void>,
): Promise<void> {
  const folder = makeFolder();
  const devices: LiveDevice[] = [];
  try {
    const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);
    const founder = await LiveDevice.found(pathOf("Desk"), "Desk", relays);
    devices.push(founder);
    for (const name of NAMES.slice(1, count)) devices.push(await founder.pair(pathOf(name), name));
    await run({ devices, model: new PeopleModel() });
  } finally {
    for (const device of devices) await device.close();
    folder.remove();
  }
}

let made = 0;
const create = ({ transact }: LiveDevice): Promise<unknown> => {
  const name = `user ${++made}`;
  const user = { id: Buffer.from(name).toString("base64url"), name, displayName: name };
  const pubKeyCredParams = [{ type: "public-key", alg: -7 }];
  const rp = { id: "site.example", name: "Site" };
  const authenticatorSelection = { residentKey: "required" };
  return openPage("https://site.example", transact).create({
    rp,
    user,
    challenge: "AAAA",
    pubKeyCredParams,
    authenticatorSelection,
  });
};

/** Carries out a step that concerns one device alone. */
async function act({ devices, model }: World, { does, ...chosen }: Step, number: number): Promise<void> {
  const device = pick(devices, chosen.device);
  if (does === "create")
    return model.note(device, null, { act: "create", puts: { title: "Site" } }, () => create(device));
  if (does === "relock") return device.lock().then(() => device.unlock());
  if (does === "beacon") return device.device.writeBeacon();
  const passkeys = device.document.list();
  if (passkeys.length === 0) return undefined;
  const { id } = pick(passkeys, chosen.passkey);
  const register = pick(REGISTERS, chosen.register);
  const value = register === "title" || register === "note" ? `${does} ${number}` : true;
  switch (does) {
    case "put":
      return model.note(device, id, { act: "put", register, value }, () =>
        editPasskey(device.device, id, register, value),
      );
    case "clear":
      return model.note(device, id, { act: "clear", register }, () =>
        editPasskey(device.device, id, register, null),
      );
    case "delete":
      return model.note(device, id, { act: "delete" }, () => deletePasskey(device.device, id));
    case "restore":
      return model.note(device, id, { act: "restore" }, () => restorePasskey(device.device, id));
    case "restart":
    case "meet":
      return undefined;
  }
}

/** Same list, state hash and fingerprint everywhere; what the acts lead to, and nothing that waits or is missing. */
async function expectConverged({ devices, model }: World): Promise<void> {
  const [first, ...others] = await Promise.all(devices.map(viewOf));
  for (const other of others) expect(other).toEqual(first);
  const expected = model.expected(REGISTERS);
  for (const device of devices) {
    expect(readShown(device, REGISTERS)).toEqual(expected);
    expect([...device.device.state.held.values()]).toEqual([]);
    expect(listGaps(device.device.state)).toEqual([]);
    for (const { id, title, offered } of device.document.list()) {
      // What stands is shown or offered.
      const offers = offered.filter(({ register }) => register === "title").map(({ value }) => value);
      const seen = [title, ...offers].filter((value) => value !== null);
      expect(seen.sort()).toEqual(expected[id]!.values["title"]);
    }
    await expectWhole(device);
  }
}

describe("devices that act apart", () => {
  /** Hands some entries of one device to another: in any order, some twice, some not at all. */
  async function meet(from: LiveDevice, to: LiveDevice, { passkey: salt, register }: Step): Promise<void> {
    const entries = await from.readEntries();
    const chosen = entries.flatMap((entry, i) => {
      const chance = (i * 7_919 + salt) % 97;
      return chance < 12 ? [] : chance < 24 ? [entry, entry] : [entry];
    });
    const orders = [chosen, chosen.toReversed(), chosen.toSorted((a, b) => a[100]! - b[100]!)];
    await to.device.receive(pick(orders, register));
  }

  test("promise 2 and 3: converge by direct exchange whatever the order, and every change is shown, offered or overwritten knowingly", async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: SLOW ? 150 : 60, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), steps, (count, steps) =>
        withWorld(count, [], async (world) => {
          const { devices } = world;
          for (const [number, one] of steps.entries()) {
            const device = pick(devices, one.device);
            if (one.does === "restart") await device.restart();
            else if (one.does === "meet") await meet(device, pick(devices, one.other), one);
            else await act(world, one, number);
          }
          for (let round = 0; round < 2; round++) {
            for (const from of devices) {
              const entries = await from.readEntries();
              for (const to of devices) if (to !== from) await to.device.receive(entries);
            }
          }
          await expectConverged(world);
        }),
      ),
      { numRuns: SLOW ? 60 : 5, endOnFailure: true, ...propertySeed },
    );
  });

  test("promise 2 and 3: converge over a relay through partitions, restarts and a relay that is wiped in between", async () => {
    const steps = fc.array(step, { minLength: 15, maxLength: SLOW ? 100 : 40, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), steps, fc.nat(), async (count, steps, wipe) => {
        const folder = makeFolder();
        let relay = await startHere(join(folder.path, "0.db"));
        const { origin } = relay;
        try {
          await withWorld(count, [origin], async (world) => {
            const { devices } = world;
            const connected = new Set<LiveDevice>();
            for (const [number, one] of steps.entries()) {
              const device = pick(devices, one.device);
              if (one.does === "restart") {
                connected.delete(device);
                await device.restart();
              } else if (one.does === "meet") {
                // Each goes on- and offline as it likes.
                if (connected.delete(device)) device.disconnect();
                else {
                  device.connect();
                  connected.add(device);
                }
              } else await act(world, one, number);
              if (number === wipe % steps.length) {
                await relay.close();
                relay = await startHere(join(folder.path, "1.db"), Number(new URL(origin).port));
              }
            }
            for (const device of devices) {
              device.disconnect();
              device.connect();
            }
            await until(async () => {
              const heads = devices.map(({ device }) => String(device.state.document.heads()));
              const sizes = devices.map(({ device }) => device.state.accepted.size);
              return new Set(heads).size === 1 && new Set(sizes).size === 1;
            });
            await Promise.all(devices.map((device) => device.settled()));
            await expectConverged(world);
            for (const device of devices) device.disconnect();
          });
        } finally {
          await relay.close();
          folder.remove();
        }
      }),
      { numRuns: SLOW ? 40 : 4, endOnFailure: true, ...propertySeed },
    );
  });
});

/** Many sockets and rooms come from one address here. */
const startHere = (file: string, port = 0): Promise<NodeRelay> =>
  startRelay({
    admission: { mode: "open" },
    file,
    port,
    log: () => {},
    limits: {
      upgradeBurst: 10_000,
      roomsCreatedPerIpGroupPerDay: 1_000,
      drainJitterSeconds: 0,
      diskFloorBytes: 0,
    },
  });
