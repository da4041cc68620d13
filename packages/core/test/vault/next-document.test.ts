/** The document of a new epoch: it shows what the old one showed, offered values and deletions included, and holds nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFirstDocumentActor } from "../../src/vault/first-document-actor.ts";
import { loadDocument } from "../../src/vault/document.ts";
import { makeNextDocument, purgedSetting, type Reseal } from "../../src/vault/next-document.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { registerKey } from "../../src/vault/schema.ts";
import { Device, idOf, recordOf } from "./samples.ts";

const same: Reseal = (_id, _register, value) => value;
const next = (document: Device["document"]) => makeNextDocument(document, [], same);

/** Two devices that both hold passkeys 1 and 2. */
function twoDevices(): [Device, Device] {
  const a = new Device(1);
  const first = a.create(1);
  const second = a.create(2);
  const b = new Device(2);
  b.receive(first, second);
  return [a, b];
}

describe("the document of a new epoch", () => {
  test("shows what the old one showed, and has nothing of its history", () => {
    const [a] = twoDevices();
    for (const title of ["one", "two", "three"]) a.put(1, "title", title);
    const document = next(a.document);
    expect(deriveStateHash(document)).toEqual(deriveStateHash(a.document));
    expect(document.get(idOf(1))?.title).toBe("three");
    expect(new TextDecoder("latin1").decode(document.save())).not.toContain("two");
    expect(document.save().length).toBeLessThan(a.document.save().length);
  });

  test("keeps each value that was offered, and the same one wins", () => {
    const [a, b] = twoDevices();
    const mine = [a.put(1, "title", "from a"), a.put(2, "note", "alone"), a.put(1, "note", "note a")];
    const theirs = [b.put(1, "title", "from b"), b.put(1, "note", "note b")];
    a.receive(...theirs);
    b.receive(...mine);
    const before = a.document.get(idOf(1));
    const after = next(a.document).get(idOf(1));
    expect(after?.title).toBe(before?.title);
    expect(after?.offered.map(({ register, value }) => [register, value])).toEqual(
      before?.offered.map(({ register, value }) => [register, value]),
    );
    expect(after?.offered).toHaveLength(2);
    expect(deriveStateHash(next(a.document))).toEqual(deriveStateHash(b.document));
  });

  test("has the same bytes whichever device makes it, but for what is sealed anew", () => {
    const [a, b] = twoDevices();
    const mine = a.put(1, "title", "x");
    const theirs = b.put(2, "title", "y");
    b.receive(mine);
    a.receive(theirs);
    expect(next(a.document).save()).toEqual(next(b.document).save());
  });

  test("keeps deletions and gives each secret to whoever seals it", () => {
    const [a] = twoDevices();
    a.delete(2);
    const asked: string[] = [];
    const document = makeNextDocument(a.document, [], (id, register, value) => {
      asked.push(registerKey(id, register));
      return value;
    });
    expect(document.get(idOf(2))?.state).toBe("deleted");
    expect(asked).toContain(registerKey(idOf(1), "core"));
    expect(asked.some((key) => key.startsWith(`${idOf(2)}/tomb/`))).toBe(true);
  });

  test("has nothing of a purged passkey but a hash of its id", () => {
    const [a] = twoDevices();
    a.put(2, "title", "secret title");
    const document = makeNextDocument(a.document, [idOf(2)], same);
    expect(document.get(idOf(2))).toBeNull();
    expect(document.get(idOf(1))?.state).toBe("live");
    expect(document.settings().get(purgedSetting(idOf(2)))).toBe(true);
    const bytes = new TextDecoder("latin1").decode(document.save());
    expect(bytes).not.toContain("secret title");
    expect(bytes).not.toContain(idOf(2));
  });

  test("loads again, can be edited, and says what came from before", () => {
    const [a, b] = twoDevices();
    const mine = a.put(1, "title", "from a");
    b.put(1, "title", "from b");
    b.receive(mine);
    const document = loadDocument(next(b.document).save());
    const offered = document.get(idOf(1))?.offered[0];
    expect(offered !== undefined && isFirstDocumentActor(offered.by)).toBe(true);
    const c = new Device(3, document);
    c.put(1, "title", "taken");
    c.create(7);
    expect(c.document.get(idOf(1))).toMatchObject({ title: "taken", offered: [] });
    expect(loadDocument(c.document.save()).get(idOf(7))?.record).toEqual(recordOf(7));
  });

  test("of an empty vault is genesis", () => {
    expect(next(new Device(1).document).heads()).toEqual(new Device(2).document.heads());
  });

  test("shows the same after any edits that two devices made apart", () => {
    const edit = fc.record({
      device: fc.nat(1),
      seed: fc.integer({ min: 1, max: 2 }),
      register: fc.constantFrom("title", "note", "favourite", "tag/x"),
      value: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const devices = twoDevices();
        const made = edits.flatMap(({ device, seed, register, value }) => {
          const on = devices[device] as Device;
          const content = register === "favourite" ? value > 1 : register === "tag/x" ? true : `v${value}`;
          const edit = on.document.edit(on.actor, [
            { type: "put", id: idOf(seed), register, value: content },
          ]);
          if (edit === null) return [];
          on.document = edit.document;
          return [edit];
        });
        for (const device of devices) device.receive(...made);
        expect(deriveStateHash(next(devices[0].document))).toEqual(deriveStateHash(devices[1].document));
      }),
      { numRuns: process.env["SLOW"] === "1" ? 300 : 25 },
    );
  });
});
