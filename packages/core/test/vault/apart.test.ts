/** What becomes of edits made apart: offered values, deletions, two records for one id (sync-protocol.md § 3, experience.md U9). */
import { describe, expect, test } from "vitest";
import type { CredentialRecord } from "../../src/vault/credential-record.ts";
import { type Edit, loadDocument } from "../../src/vault/document.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { Device, idOf, recordOf } from "./samples.ts";

/** Desk and Phone with passkey 7, titled "start", on both. */
function makePair(): { readonly desk: Device; readonly phone: Device } {
  const desk = new Device(1);
  const phone = new Device(2);
  phone.receive(desk.create(7), desk.put(7, "title", "start"));
  return { desk, phone };
}

/** Both learn of what the other did; both must show the same. */
function meet(desk: Device, phone: Device, deskDid: readonly Edit[], phoneDid: readonly Edit[]): void {
  desk.receive(...phoneDid);
  phone.receive(...deskDid);
  expect(desk.document.list()).toEqual(phone.document.list());
  expect(deriveStateHash(desk.document)).toEqual(deriveStateHash(phone.document));
}

describe("one field set differently on two devices", () => {
  test("keeps one value on both and offers the other", () => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.put(7, "title", "from desk")], [phone.put(7, "title", "from phone")]);
    const passkey = desk.document.get(idOf(7));
    const [offered, ...more] = passkey?.offered ?? [];
    expect(more).toEqual([]);
    expect([passkey?.title, offered?.value].sort()).toEqual(["from desk", "from phone"]);
    expect(offered).toMatchObject({ register: "title", kept: passkey?.title });
    expect(offered?.by).toBe(offered?.value === "from desk" ? desk.actor : phone.actor);
    expect(offered?.keptBy).toBe(offered?.value === "from desk" ? phone.actor : desk.actor);
  });

  test.for(["from desk", "from phone"])("is settled by writing %s", (choice) => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.put(7, "title", "from desk")], [phone.put(7, "title", "from phone")]);
    meet(desk, phone, [desk.put(7, "title", choice)], []);
    expect(phone.document.get(idOf(7))).toMatchObject({ title: choice, offered: [] });
    expect(phone.document.cells()).toEqual(loadDocument(phone.document.save()).cells());
  });

  test("offers nothing when both set the same", () => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.put(7, "title", "same")], [phone.put(7, "title", "same")]);
    expect(desk.document.get(idOf(7))).toMatchObject({ title: "same", offered: [] });
  });

  test("offers each value of three devices once", () => {
    const { desk, phone } = makePair();
    const laptop = new Device(3, desk.document);
    const edits = [desk.put(7, "note", "a"), phone.put(7, "note", "b"), laptop.put(7, "note", "b")];
    for (const device of [desk, phone, laptop]) device.receive(...edits);
    const passkey = laptop.document.get(idOf(7));
    expect([passkey?.note, ...(passkey?.offered ?? []).map(({ value }) => value)].sort()).toEqual(["a", "b"]);
    expect(desk.document.list()).toEqual(phone.document.list());
  });

  test("keeps an edit that meets a clearing", () => {
    const { desk, phone } = makePair();
    const cleared = desk.do({ type: "clear", id: idOf(7), register: "title" });
    meet(desk, phone, [cleared], [phone.put(7, "title", "from phone")]);
    expect(desk.document.get(idOf(7))).toMatchObject({ title: "from phone", offered: [] });
  });
});

test("different fields edited apart are both kept", () => {
  const { desk, phone } = makePair();
  meet(
    desk,
    phone,
    [desk.put(7, "title", "new")],
    [phone.put(7, "tag/work", true), phone.put(7, "favourite", true)],
  );
  expect(desk.document.get(idOf(7))).toMatchObject({
    title: "new",
    tags: ["work"],
    favourite: true,
    offered: [],
  });
});

describe("a deletion", () => {
  test("says when, by which act, and what took its place", () => {
    const { desk } = makePair();
    const operation = desk.nextOperation();
    desk.do({ type: "delete", id: idOf(7), operation, day: 20_777, replacedBy: recordOf(8).credentialId });
    expect(desk.document.get(idOf(7))).toMatchObject({
      state: "deleted",
      deletion: {
        day: 20_777,
        replacedBy: recordOf(8).credentialId,
        operations: [operation],
        editedAfter: [],
      },
    });
  });

  test("stands against an edit made apart, and shows it", () => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.delete(7)], [phone.put(7, "title", "late")]);
    expect(desk.document.get(idOf(7))).toMatchObject({
      state: "deleted",
      title: "late",
      deletion: { editedAfter: [{ register: "title", value: "late", by: phone.actor }] },
    });
    expect(loadDocument(desk.document.save()).list()).toEqual(desk.document.list());
  });

  test("does not show what its author had seen", () => {
    const { desk, phone } = makePair();
    desk.receive(phone.put(7, "title", "seen"));
    desk.delete(7);
    expect(desk.document.get(idOf(7))?.deletion?.editedAfter).toEqual([]);
  });

  test("is undone by a restore, with the edit", () => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.delete(7)], [phone.put(7, "title", "late")]);
    meet(desk, phone, [desk.restore(7)], []);
    expect(phone.document.get(idOf(7))).toMatchObject({ state: "live", title: "late", deletion: null });
  });

  test("on two devices is undone by a restore that has seen both", () => {
    const { desk, phone } = makePair();
    meet(desk, phone, [desk.delete(7, 20_001)], [phone.delete(7, 20_000)]);
    expect(desk.document.get(idOf(7))?.deletion).toMatchObject({ day: 20_000, operations: { length: 2 } });
    meet(desk, phone, [], [phone.restore(7)]);
    expect(desk.document.get(idOf(7))?.state).toBe("live");
  });

  test("outlives a restore that did not know of it", () => {
    const { desk, phone } = makePair();
    phone.receive(desk.delete(7));
    meet(desk, phone, [desk.restore(7)], [phone.delete(7)]);
    expect(desk.document.get(idOf(7))).toMatchObject({
      state: "deleted",
      deletion: { operations: { length: 1 } },
    });
  });

  test("can follow a restore", () => {
    const { desk } = makePair();
    desk.delete(7);
    desk.restore(7);
    desk.delete(7);
    expect(desk.document.get(idOf(7))?.state).toBe("deleted");
  });
});

describe("two records under one id", () => {
  function collide(atDesk: object, atPhone: object) {
    const desk = new Device(1);
    const phone = new Device(2);
    meet(desk, phone, [desk.create(7, atDesk)], [phone.create(7, atPhone)]);
    return { desk, phone };
  }
  const mine = recordOf(7, { publicKey: new Uint8Array([2]) });
  const forged = recordOf(7, { publicKey: new Uint8Array([1]) });

  test("are settled for the lower one, whoever made it", () => {
    for (const { desk } of [collide(mine, forged), collide(forged, mine)]) {
      expect(desk.document.get(idOf(7))?.record).toEqual(forged);
    }
  });

  test("are settled for the one whose secret opens", () => {
    const { phone } = collide(mine, forged);
    const opens = ({ publicKey }: CredentialRecord) => publicKey[0] === 2;
    expect(phone.document.get(idOf(7), opens)?.record).toEqual(mine);
    expect(phone.document.list(opens)[0]?.record).toEqual(mine);
    // An answer with keys does not stay for those without.
    expect(phone.document.get(idOf(7))?.record).toEqual(forged);
  });

  test("of two sites need attention, unless one opens", () => {
    const { desk } = collide(mine, { ...forged, rpId: "other.example" });
    expect(desk.document.get(idOf(7))).toMatchObject({ state: "needs-attention", record: null });
    expect(desk.document.get(idOf(7), ({ rpId }) => rpId === mine.rpId)?.record).toEqual(mine);
  });
});

test("the same account made on two devices apart is kept twice", () => {
  const desk = new Device(1);
  const phone = new Device(2);
  const account = { rpId: "bank.example", userHandle: new Uint8Array([1]) };
  meet(desk, phone, [desk.create(7, account)], [phone.create(8, account)]);
  expect(desk.document.list().map(({ state, record }) => [state, record?.rpId])).toEqual([
    ["live", "bank.example"],
    ["live", "bank.example"],
  ]);
});
