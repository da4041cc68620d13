/** A change waits for what it was made on: in another device's entry, or earlier in its own. What waits is kept, whatever else comes. */
import { describe, expect, test } from "vitest";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { decodeChangePayload, encodeChangePayload } from "../../src/log/change.ts";
import { makeEntry } from "../../src/log/entry.ts";
import { SealedEntry } from "../../src/log/verify.ts";
import { tipOf } from "../../src/sync/replica-state.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  reopen,
  type TestDevice,
} from "../device/devices.ts";

async function threeDevices(seed: number) {
  const desk = await foundDevice(seed, "Desk");
  const phone = await joinDevice(desk, seed + 1, "Phone");
  const laptop = await joinDevice(desk, seed + 2, "Laptop");
  const id = await addPasskey(desk, "example.org", "ana");
  await exchange(desk, phone);
  await exchange(desk, laptop);
  return { desk, phone, laptop, id };
}

const reasons = ({ device }: TestDevice) =>
  [...device.state.held.values()].map(({ reason }) =>
    "waitsFor" in reason ? reason.waitsFor : reason.refused,
  );

/** What a device has written since it had so many entries. */
const since = async (on: TestDevice, known: number) => (await allEntries(on)).slice(known);

describe("a change", () => {
  test("waits for another device's, also over a restart, and is taken with it", async () => {
    const { desk, phone, laptop, id } = await threeDevices(2_000);
    const known = (await allEntries(desk)).length;
    await editPasskey(desk.device, id, "title", "one");
    const [first] = await since(desk, known);
    await phone.device.receive([first!]);
    await editPasskey(phone.device, id, "title", "two");
    const [, second] = await since(phone, known);
    expect(await laptop.device.receive([second!])).toEqual([null]);
    expect(reasons(laptop)).toEqual(["dependencies"]);
    // Something else is accepted meanwhile.
    await editPasskey(laptop.device, id, "favourite", true);
    await reopen(laptop);
    expect(reasons(laptop)).toEqual(["dependencies"]);
    expect(laptop.device.state.document.get(id)?.title).toBeNull();
    await laptop.device.receive([first!]);
    expect(laptop.device.state.held.size).toBe(0);
    expect(laptop.device.state.document.get(id)).toMatchObject({
      title: "two",
      favourite: true,
      offered: [],
    });
  });

  test("is kept while it waits when others come", async () => {
    const { desk, phone, laptop, id } = await threeDevices(2_010);
    const known = (await allEntries(desk)).length;
    await editPasskey(desk.device, id, "title", "one");
    await phone.device.receive(await since(desk, known));
    await editPasskey(phone.device, id, "title", "two");
    const [, second] = await since(phone, known);
    await laptop.device.receive([second!]);
    const before = (await allEntries(desk)).length;
    const other = await addPasskey(desk, "two.example", "ana");
    await laptop.device.receive(await since(desk, before));
    expect(reasons(laptop).toSorted()).toEqual(["dependencies", "previous"]);
    await reopen(laptop);
    expect(reasons(laptop).toSorted()).toEqual(["dependencies", "previous"]);
    await laptop.device.receive(await since(desk, known));
    expect(laptop.device.state.document.get(other)?.state).toBe("live");
    expect(laptop.device.state.document.get(id)?.title).toBe("two");
  });

  test("may be made on one that stands before it in the same entry", async () => {
    const { desk, phone, id } = await threeDevices(2_020);
    const known = (await allEntries(phone)).length;
    const { epoch, self } = phone.device.context;
    const tip = tipOf(phone.device.state, self.deviceTag);
    await editPasskey(phone.device, id, "title", "one");
    await editPasskey(phone.device, id, "title", "two");
    const payloads = (await since(phone, known)).map((bytes) =>
      decodeChangePayload(
        SealedEntry.decode(bytes).verify(self.signer.publicKey).open(epoch.keys, epoch.hash).payload,
      ),
    );
    const both = (changes: "forwards" | "backwards") => {
      const all = payloads.flatMap((payload) => payload.changes);
      const ordered = changes === "forwards" ? all : all.toReversed();
      return makeEntry(
        {
          logId: epoch.logId,
          deviceTag: self.deviceTag,
          seq: (tip?.seq ?? 0) + 1,
          prev: tip?.hash ?? new Uint8Array(32),
        },
        {
          epochHash: epoch.hash,
          seen: [],
          kind: "change",
          payload: encodeChangePayload({ session: payloads[0]!.session, changes: ordered }),
        },
        { sealKey: epoch.keys.entryKey, signer: self.signer },
        phone.deps.random,
      ).bytes;
    };
    expect(await desk.device.receive([both("backwards")])).toEqual([null]);
    expect(reasons(desk)).toEqual(["dependencies"]);
    expect((await desk.device.receive([both("forwards")]))[0]).not.toBeNull();
    expect(desk.device.state.document.get(id)?.title).toBe("two");
  });
});
