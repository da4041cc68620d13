/** Promises 1, 2, 3, 5 and 8 of the protocol, at the level of devices: real log, real document, stores in memory. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import {
  editPasskey,
  deletePasskey,
  resolveConflict,
  restorePasskey,
} from "../../src/device/passkey-acts.ts";
import { readSignInRow } from "../../src/device/sign-in-index.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  reopen,
  type TestDevice,
} from "./devices.ts";

const titles = ({ device }: TestDevice) => device.state.document.list().map(({ title }) => title);
const get = ({ device }: TestDevice, id: PasskeyId) => {
  const passkey = device.state.document.get(id);
  if (passkey === null) throw new Error("passkey is not there");
  return passkey;
};
const stateHash = ({ device }: TestDevice) => encodeHex(deriveStateHash(device.state.document));

describe("a device on its own", () => {
  test("keeps what was saved when it opens again", async () => {
    const desk = await foundDevice(1, "Desk");
    const id = await addPasskey(desk, "example.org", "ana");
    await editPasskey(desk.device, id, "title", "Example");
    await reopen(desk);
    expect(get(desk, id).title).toBe("Example");
    expect(desk.device.self?.member.name).toBe("Desk");
  });

  test("changes nothing when the disk is full, and goes on when it is not", async () => {
    const desk = await foundDevice(2, "Desk");
    const id = await addPasskey(desk, "example.org", "ana");
    desk.store.full = true;
    await expect(editPasskey(desk.device, id, "title", "Lost")).rejects.toMatchObject({
      code: "LK-VAULT-DISK-FULL",
    });
    expect(get(desk, id).title).toBe(null);
    desk.store.full = false;
    await editPasskey(desk.device, id, "title", "Kept");
    await reopen(desk);
    expect(get(desk, id).title).toBe("Kept");
  });

  test("finds a site's passkeys in its sign-in row, and deleted ones nowhere", async () => {
    const desk = await foundDevice(3, "Desk");
    const first = await addPasskey(desk, "example.org", "ana");
    await addPasskey(desk, "example.org", "bob");
    await addPasskey(desk, "example.net", "ana");
    const names = async () => {
      const entries = (await readSignInRow(desk.store, desk.device.context.rows, "example.org")) ?? [];
      return entries.map(({ name }) => name).sort();
    };
    expect(await names()).toEqual(["ana", "bob"]);
    await deletePasskey(desk.device, first);
    expect(await names()).toEqual(["bob"]);
    await restorePasskey(desk.device, first);
    await editPasskey(desk.device, first, "name", "ana maria");
    expect(await names()).toEqual(["ana maria", "bob"]);
  });

  test("opens and shows everything after any single row is damaged", async () => {
    const desk = await foundDevice(4, "Desk");
    const laptop = await joinDevice(desk, 40, "Laptop");
    const id = await addPasskey(desk, "example.org", "ana");
    await editPasskey(desk.device, id, "title", "Example");
    await addPasskey(laptop, "example.net", "ana");
    await exchange(desk, laptop);
    const whole = stateHash(desk);
    for (const { table, key } of desk.store.rows()) {
      // The store keeps `meta` rows twice, so one of them is never lost to one flipped byte.
      if (table === "meta") continue;
      const store = desk.store.copy();
      store.damage(table, key);
      const hurt = { ...desk, store, deps: { ...desk.deps, store } };
      await reopen(hurt);
      expect(stateHash(hurt), `after damage to ${table}`).toBe(whole);
      if (table === "sign-in") {
        await hurt.device.rebuildSignIn("example.org");
        await hurt.device.rebuildSignIn("example.net");
        expect(await readSignInRow(store, hurt.device.context.rows, "example.org")).toHaveLength(1);
      }
      expect(hurt.device.problems).toEqual({
        entries: table === "entry" ? 1 : 0,
        snapshot: table === "snapshot",
      });
      // What is missing comes back from another device, and the next start finds nothing wrong.
      await hurt.device.receive(await allEntries(laptop));
      await reopen(hurt);
      expect(hurt.device.problems.entries, `after healing ${table}`).toBe(0);
      expect(stateHash(hurt)).toBe(whole);
    }
  });
});

describe("two devices", () => {
  test("show the same vault with the same entries, whatever the order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 30 }),
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        async (seed, keys) => {
          const desk = await foundDevice(seed, "Desk");
          const laptop = await joinDevice(desk, seed + 1, "Laptop");
          const id = await addPasskey(desk, "example.org", "ana");
          await exchange(desk, laptop);
          await editPasskey(desk.device, id, "title", "from Desk");
          await editPasskey(laptop.device, id, "title", "from Laptop");
          await addPasskey(laptop, "example.net", "ana");
          await deletePasskey(desk.device, id);
          await editPasskey(laptop.device, id, "note", "still wanted");
          await exchange(desk, laptop);
          const third = await joinDevice(desk, seed + 2, "Phone");
          const fresh = await joinDevice(desk, seed + 3, "Tablet");
          expect(stateHash(laptop)).toBe(stateHash(desk));
          // A device that gets all of it shuffled, some of it twice, one entry at a time.
          const entries = await allEntries(third);
          const shuffled = entries
            .flatMap((entry, i) => [entry, ...(i % 3 === 0 ? [entry] : [])])
            .map((entry, i) => ({ entry, key: (keys[i % keys.length] ?? 0) * (i + 1) }))
            .sort((a, b) => (a.key % 997) - (b.key % 997));
          const replayed = { ...fresh, store: fresh.store.copy() };
          for (const { entry } of shuffled) await replayed.device.receive([entry]);
          expect(stateHash(replayed)).toBe(stateHash(desk));
          expect([...replayed.device.state.held.values()]).toEqual([]);
        },
      ),
      { numRuns: process.env["SLOW"] ? 40 : 3 },
    );
  });

  test("keep both values of a field that both changed, until somebody decides", async () => {
    const desk = await foundDevice(6, "Desk");
    const laptop = await joinDevice(desk, 60, "Laptop");
    const id = await addPasskey(desk, "example.org", "ana");
    await exchange(desk, laptop);
    await editPasskey(desk.device, id, "title", "from Desk");
    await editPasskey(laptop.device, id, "title", "from Laptop");
    await exchange(desk, laptop);
    const [offered] = get(desk, id).offered;
    expect(new Set([get(desk, id).title, offered?.value])).toEqual(new Set(["from Desk", "from Laptop"]));
    expect(get(laptop, id).offered).toEqual(get(desk, id).offered);
    expect(await resolveConflict(laptop.device, id, "title", 0)).toBe(true);
    expect(get(laptop, id).offered).toEqual([]);
    await exchange(desk, laptop);
    expect(get(desk, id).offered).toEqual([]);
    expect(get(desk, id).title).toBe(offered?.kept);
  });

  test("keep an edit of what was deleted elsewhere, and bring it back with the edit", async () => {
    const desk = await foundDevice(7, "Desk");
    const laptop = await joinDevice(desk, 70, "Laptop");
    const id = await addPasskey(desk, "example.org", "ana");
    await exchange(desk, laptop);
    await deletePasskey(desk.device, id);
    await editPasskey(laptop.device, id, "title", "still wanted");
    await exchange(desk, laptop);
    for (const device of [desk, laptop]) {
      expect(get(device, id).state).toBe("deleted");
      expect(get(device, id).deletion?.editedAfter).toMatchObject([
        { register: "title", value: "still wanted" },
      ]);
    }
    await restorePasskey(laptop.device, id);
    await exchange(desk, laptop);
    expect(get(desk, id)).toMatchObject({ state: "live", title: "still wanted" });
  });

  test("refuse entries of a stranger, and of nobody", async () => {
    const desk = await foundDevice(8, "Desk");
    const stranger = await foundDevice(80, "Stranger");
    await addPasskey(stranger, "example.org", "mallory");
    const before = stateHash(desk);
    const outcomes = await desk.device.receive([
      ...(await allEntries(stranger)),
      new Uint8Array(2_048),
      new Uint8Array(3),
    ]);
    expect(outcomes.every((outcome) => outcome === null)).toBe(true);
    expect(stateHash(desk)).toBe(before);
  });

  test("take the true entry when a damaged copy of it came before", async () => {
    const desk = await foundDevice(9, "Desk");
    const laptop = await joinDevice(desk, 90, "Laptop");
    await addPasskey(desk, "example.org", "ana");
    const entry = (await allEntries(desk)).at(-1) as Uint8Array;
    for (const at of [1_000, entry.length - 3]) {
      const spoiled = entry.slice();
      spoiled[at] = (spoiled[at] as number) ^ 1;
      await laptop.device.receive([spoiled]);
    }
    expect(titles(laptop)).toEqual([]);
    await laptop.device.receive([entry]);
    expect(stateHash(laptop)).toBe(stateHash(desk));
    expect([...laptop.device.state.held.values()].filter(({ reason }) => "waitsFor" in reason)).toEqual([]);
  });

  test("notice an entry that is kept from them", async () => {
    const desk = await foundDevice(10, "Desk");
    const laptop = await joinDevice(desk, 100, "Laptop");
    await addPasskey(desk, "example.org", "ana");
    await addPasskey(desk, "example.net", "ana");
    const entries = await allEntries(desk);
    await laptop.device.receive(entries.toSpliced(-2, 1));
    expect([...laptop.device.state.held.values()].map(({ reason }) => reason)).toEqual([
      { waitsFor: "previous" },
    ]);
    await laptop.device.receive(entries);
    expect(stateHash(laptop)).toBe(stateHash(desk));
  });

  test("raise an alarm when a copy of a device lives, and lose nothing of either", async () => {
    const desk = await foundDevice(11, "Desk");
    const laptop = await joinDevice(desk, 110, "Laptop");
    const store = laptop.store.copy();
    const clone: TestDevice = { ...laptop, store, deps: { ...laptop.deps, store } };
    await reopen(clone);
    await addPasskey(laptop, "example.org", "from the laptop");
    await addPasskey(clone, "example.net", "from its copy");
    await desk.device.receive(await allEntries(laptop));
    await desk.device.receive(await allEntries(clone));
    expect(
      desk.device.state.document
        .list()
        .map(({ userName }) => userName)
        .sort(),
    ).toEqual(["from its copy", "from the laptop"]);
    expect(desk.device.state.forked.size).toBe(1);
  });
});
