/** What waits for contact and a user verification: signed when it was wanted, kept, carried out, withdrawn; and changes of keys that are due. */
import { describe, expect, test } from "vitest";
import { encodeHex, encodeUtf8 } from "../../src/bytes/text.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeCbor } from "../../src/cbor/codec.ts";
import { judgeDueChange, LONG_LOG_ENTRIES, OFFSET_DAYS, YEAR_DAYS } from "../../src/device/due-change.ts";
import { keepIntents, planIntents, readIntents, withdrawIntent } from "../../src/device/intents.ts";
import { deletePasskey, editPasskey, restorePasskey } from "../../src/device/passkey-acts.ts";
import { setApprovalRule } from "../../src/device/approval-rule.ts";
import type { NextEpochPlan } from "../../src/device/stage-epoch.ts";
import { deriveSigningKeys, makeDeviceSeeds } from "../../src/membership/device.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { signOperands } from "../../src/crypto/signature.ts";
import { addPasskey, foundDevice, joinDevice, NOW, openSigning, reopen, type TestDevice } from "./devices.ts";
import { makeNextEpoch, publish, Rooms, stage } from "./rooms.ts";

const DAY_MS = 86_400_000;
const keyOf = ({ device }: TestDevice) => device.context.self.signer.publicKey;
const ROTATION: NextEpochPlan = { reason: "yearly", removed: [], purged: [] };
const keep = async (on: TestDevice, plan: Partial<NextEpochPlan>) =>
  keepIntents(on.device, await openSigning(on), { ...ROTATION, ...plan });

async function twoDevices(seed: number) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const laptop = await joinDevice(desk, seed + 1, "Laptop");
  const id = await addPasskey(desk, "example.org", "ana");
  await rooms.settle(desk, laptop);
  const credentialId = desk.device.state.document.get(id)?.record?.credentialId as Uint8Array;
  return { rooms, desk, laptop, id, credentialId };
}

describe("a stored intent", () => {
  test("is kept over a restart and locked, once however often it is wanted, and comes true", async () => {
    const { rooms, desk, laptop, id, credentialId } = await twoDevices(1);
    await deletePasskey(desk.device, id);
    await keep(desk, { reason: "removal", removed: [keyOf(laptop)] });
    await keep(desk, { reason: "removal", removed: [keyOf(laptop)] });
    await keep(desk, { reason: "purge", purged: [credentialId] });
    await reopen(desk);
    const kept = await readIntents(desk.device);
    expect(kept.map(({ kind, since }) => [kind, since])).toEqual(
      expect.arrayContaining([
        ["removal", NOW],
        ["purge", NOW],
      ]),
    );
    expect(kept).toHaveLength(2);
    expect(desk.device.epoch.record.number).toBe(1);
    const plan = (await judgeDueChange(desk.device)) as NextEpochPlan;
    expect(plan).toMatchObject({ reason: "removal", removed: [keyOf(laptop)], purged: [credentialId] });
    await makeNextEpoch(desk, rooms, plan);
    expect(desk.device.state.members.size).toBe(1);
    expect(desk.device.state.document.get(id)).toBeNull();
    expect(await judgeDueChange(desk.device)).toBeNull();
    expect(await readIntents(desk.device)).toEqual([]);
  });

  test("can be withdrawn", async () => {
    const { desk } = await twoDevices(10);
    const [intent] = await keep(desk, {});
    expect(intent?.kind).toBe("rotation");
    await withdrawIntent(desk.device, intent?.id ?? "");
    expect(await planIntents(desk.device)).toBeNull();
    await expect(withdrawIntent(desk.device, intent?.id ?? "")).rejects.toMatchObject({
      code: "LK-VAULT-NOT-FOUND",
    });
  });

  test("ends when the vault has gone past it", async () => {
    const { rooms, desk, laptop, id, credentialId } = await twoDevices(20);
    await deletePasskey(desk.device, id);
    await keep(desk, { purged: [credentialId] });
    await keep(desk, {});
    await restorePasskey(desk.device, id);
    expect(await planIntents(desk.device)).toEqual(ROTATION);
    await rooms.settle(desk, laptop);
    await makeNextEpoch(laptop, rooms);
    await rooms.settle(desk);
    expect(await planIntents(desk.device)).toBeNull();
    expect(await readIntents(desk.device)).toEqual([]);
  });

  test("counts for nothing when another key signed it: a process with the metadata tier plans nothing", async () => {
    const { desk, laptop } = await twoDevices(30);
    const { context, deps } = desk.device;
    const { authority } = deriveSigningKeys(makeDeviceSeeds(deps.random).signing);
    const id = deps.random(8);
    const signature = signOperands(authority, LABELS.intentSignature, id, 1, keyOf(laptop), NOW);
    const row = context.rows.seal(
      "meta",
      concatBytes(encodeUtf8("intent/"), id),
      encodeCbor([1, keyOf(laptop), NOW, signature]),
    );
    await desk.device.commit([row]);
    expect(await readIntents(desk.device)).toEqual([]);
    expect(await judgeDueChange(desk.device)).toBeNull();
    // Nor does a true one, moved to another id: it was withdrawn under its own.
    const [own] = await keep(desk, { removed: [keyOf(laptop)] });
    const [taken] = await desk.store.scan(
      "meta",
      concatBytes(encodeUtf8("intent/"), Buffer.from(own?.id ?? "", "hex")),
    );
    const plaintext = context.rows.open("meta", taken as never) as Uint8Array;
    await withdrawIntent(desk.device, own?.id ?? "");
    await desk.device.commit([
      context.rows.seal("meta", concatBytes(encodeUtf8("intent/"), deps.random(8)), plaintext),
    ]);
    expect(await readIntents(desk.device)).toEqual([]);
  });
});

/** The device with another state or other dependencies than it has. */
const showing = ({ device }: TestDevice, parts: Partial<Pick<TestDevice["device"], "state" | "deps">>) =>
  new Proxy(device, {
    get(target, name) {
      if (name in parts) return parts[name as keyof typeof parts];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as () => void).bind(target) : value;
    },
  });

describe("a change of keys is due", () => {
  test("when the log is large, though it has few entries", async () => {
    const { desk } = await twoDevices(45);
    const { state, deps } = desk.device;
    const [first] = state.accepted.values();
    const accepted = new Map(Array.from({ length: 200 }, (_, i) => [`${i}`, first as never]));
    const judged = (bytes: number) => {
      const rows = Array.from({ length: 200 }, () => ({
        key: new Uint8Array(),
        value: new Uint8Array(bytes),
      }));
      const store = { ...deps.store, scan: async (table: string) => (table === "entry" ? rows : []) };
      return judgeDueChange(showing(desk, { state: { ...state, accepted }, deps: { ...deps, store } }));
    };
    expect(await judged(16_384)).toBeNull();
    expect(await judged(65_536)).toMatchObject({ reason: "size" });
  });

  test("not before the log is long, then at some place that differs from device to device", async () => {
    const { desk, laptop, id } = await twoDevices(40);
    const places: number[] = [];
    for (const on of [desk, laptop]) {
      const { state } = on.device;
      const grow = (count: number) => {
        const accepted = new Map(state.accepted);
        const [first] = state.accepted.values();
        for (let i = accepted.size; i < count; i++) accepted.set(`${i}`, first as never);
        return { ...state, accepted };
      };
      let due = LONG_LOG_ENTRIES - 1;
      const judged = async (count: number) => judgeDueChange(showing(on, { state: grow(count) }));
      expect(await judged(due)).toBeNull();
      while ((await judged(due)) === null) due += 25;
      expect(await judged(due)).toMatchObject({ reason: "size" });
      places.push(due);
    }
    expect(places.every((place) => place <= LONG_LOG_ENTRIES * 1.25 + 25)).toBe(true);
    expect(new Set(places).size).toBe(2);
    expect(id).not.toBe("");
  });

  test("after a year, on a day that differs from device to device, and then not again", async () => {
    const { rooms, desk, laptop } = await twoDevices(50);
    const days: number[] = [];
    for (const on of [desk, laptop]) {
      on.deps.clock.ms = NOW;
      expect(await judgeDueChange(on.device)).toBeNull();
      on.deps.clock.ms = NOW + (YEAR_DAYS - 1) * DAY_MS;
      expect(await judgeDueChange(on.device)).toBeNull();
      let day = YEAR_DAYS;
      for (; day <= YEAR_DAYS + OFFSET_DAYS; day++) {
        on.deps.clock.ms = NOW + day * DAY_MS;
        if ((await judgeDueChange(on.device)) !== null) break;
      }
      days.push(day);
    }
    expect(days.every((day) => day < YEAR_DAYS + OFFSET_DAYS)).toBe(true);
    expect(new Set(days).size).toBe(2);
    const plan = (await judgeDueChange(desk.device)) as NextEpochPlan;
    expect(plan).toEqual(ROTATION);
    await makeNextEpoch(desk, rooms, plan);
    expect(desk.device.epoch.record.reason).toBe("yearly");
    expect(await judgeDueChange(desk.device)).toBeNull();
    await rooms.settle(laptop);
    expect(await judgeDueChange(laptop.device)).toBeNull();
  });

  test("when a record lost that removed somebody: its removal is carried out", async () => {
    const { rooms, desk, laptop } = await twoDevices(60);
    const phone = await joinDevice(desk, 62, "Phone");
    await rooms.settle(desk, laptop, phone);
    const staged = await stage(laptop, { reason: "removal", removed: [keyOf(phone)] });
    await publish(desk, rooms, await stage(desk, {}));
    await publish(laptop, rooms, staged);
    await rooms.settle(desk, laptop);
    expect(encodeHex(laptop.device.epoch.hash)).toBe(encodeHex(desk.device.epoch.hash));
    const plan = (await judgeDueChange(desk.device)) as NextEpochPlan;
    expect(plan).toMatchObject({ reason: "removal" });
    await makeNextEpoch(desk, rooms, plan);
    expect(desk.device.state.members.size).toBe(2);
    expect(await judgeDueChange(desk.device)).toBeNull();
  });

  test("never on a device that is on probation, or that another epoch leaves behind", async () => {
    const { rooms, desk, laptop, id } = await twoDevices(70);
    await setApprovalRule(desk.device, { mode: "probation", minutes: 5 });
    const phone = await joinDevice(desk, 72, "Phone");
    await keepIntents(phone.device, await openSigning(phone), ROTATION);
    expect(await judgeDueChange(phone.device)).toBeNull();
    await keep(desk, {});
    await editPasskey(desk.device, id, "note", "x");
    await rooms.settle(desk, laptop);
    await makeNextEpoch(laptop, rooms, { reason: "removal", removed: [keyOf(desk)] });
    await rooms.sync(desk);
    expect(await judgeDueChange(desk.device)).toBeNull();
  });
});
