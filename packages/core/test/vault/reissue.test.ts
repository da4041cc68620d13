/** Operations issued again in an epoch whose document lacks them (sync-protocol.md § 6): once, in any order, never over a newer edit. */
import { describe, expect, test } from "vitest";
import type { AdmittedChange } from "../../src/vault/admit.ts";
import { type Edit, loadDocument, type VaultDocument } from "../../src/vault/document.ts";
import { makeNextDocument } from "../../src/vault/next-document.ts";
import type { OperationId } from "../../src/vault/operation-id.ts";
import { createReissuer, hashReplaced, type KeptOperation, linkOperations } from "../../src/vault/reissue.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { Device, idOf, recordOf } from "./samples.ts";

function keep(device: Device, edit: Edit, id: OperationId = device.nextOperation()): KeptOperation {
  return {
    id,
    time: edit.change.startOperation,
    writes: edit.writes.map(({ container, key, value, replaced }) => ({
      container,
      key,
      value,
      replaced: [replaced === null ? null : hashReplaced(replaced)],
    })),
  };
}

const nextOf = (document: VaultDocument): VaultDocument =>
  makeNextDocument(document, [], (_id, _register, value) => value);

function issue(
  base: VaultDocument,
  document: VaultDocument,
  ...operations: KeptOperation[]
): AdmittedChange[] {
  const reissuer = createReissuer(document, base.heads());
  try {
    return linkOperations(operations).flatMap((operation) => reissuer.issue(operation));
  } finally {
    reissuer.free();
  }
}

/** Two devices with passkeys 1 and 2, and what both begin the new epoch with. */
function twoDevices() {
  const a = new Device(1);
  const b = new Device(2);
  b.receive(a.create(1), a.create(2), a.put(1, "title", "old"));
  return { a, b };
}

describe("an operation that is issued again", () => {
  test("does what it did", () => {
    const { a, b } = twoDevices();
    const base = nextOf(b.document);
    const kept = [
      keep(a, a.put(1, "title", "new")),
      keep(a, a.create(3)),
      keep(a, a.delete(2)),
      keep(a, a.put(1, "favourite", true)),
    ];
    const after = base.apply(...issue(base, base, ...kept)).document;
    expect(deriveStateHash(after)).toEqual(deriveStateHash(nextOf(a.document)));
    expect(after.get(idOf(3))?.record).toEqual(recordOf(3));
  });

  test("is the same bytes whoever issues it and whenever", () => {
    const { a, b } = twoDevices();
    const base = nextOf(b.document);
    const kept = keep(a, a.put(1, "title", "new"));
    const later = new Device(5, base);
    later.put(2, "title", "meanwhile");
    const first = issue(base, base, kept);
    const second = issue(base, later.document, kept);
    expect(second.map(({ bytes }) => bytes)).toEqual(first.map(({ bytes }) => bytes));
    const once = later.document.apply(...first).document;
    expect(once.apply(...second).document.heads()).toEqual(once.heads());
  });

  test("never beats an edit that was made in the epoch before it came", () => {
    for (const seed of [5, 6, 7, 8]) {
      const { a, b } = twoDevices();
      const base = nextOf(b.document);
      const renames = ["new", "newer", "newest"].map((title) => keep(a, a.put(1, "title", title)));
      const c = new Device(seed, base);
      c.put(1, "title", "of this epoch");
      const passkey = c.document.apply(...issue(base, c.document, ...renames)).document.get(idOf(1));
      expect(passkey?.title).toBe("of this epoch");
      expect(passkey?.offered.map(({ value }) => value)).toEqual(["newest"]);
    }
  });

  test("wins over what it replaced, and a device's last word over its earlier ones", () => {
    const { a, b } = twoDevices();
    const base = nextOf(b.document);
    const renames = ["new", "newer", "newest"].map((title) => keep(a, a.put(1, "title", title)));
    const changes = issue(base, base, ...renames);
    for (const order of [changes, changes.toReversed()]) {
      const passkey = base.apply(...order).document.get(idOf(1));
      expect(passkey?.title).toBe("newest");
      expect(passkey?.offered).toEqual([]);
    }
  });

  test.each([
    ["title", "first", "second"],
    ["favourite", true, false],
  ])("stands where it put a %s back over what another device had put", (register, value, over) => {
    const { a, b } = twoDevices();
    b.receive(a.put(1, register, value));
    const base = nextOf(b.document);
    const away = b.put(1, register, over);
    a.receive(away);
    const kept = [keep(b, away), keep(a, a.put(1, register, value))];
    const changes = kept.flatMap((operation) => issue(base, base, operation));
    for (const order of [changes, changes.toReversed()]) {
      const after = base.apply(...order).document;
      expect(after.valuesOf(idOf(1), register)).toEqual([over, value]);
      // And in the form in which it is stored.
      expect(deriveStateHash(loadDocument(after.save()))).toEqual(deriveStateHash(after));
    }
  });

  test("keeps bytes that it put back over what another device took away", () => {
    const { a, b } = twoDevices();
    const value = Uint8Array.of(1, 2);
    b.receive(a.put(1, "newer", value));
    const base = nextOf(b.document);
    const away = b.clear(1, "newer");
    a.receive(away);
    const kept = [keep(b, away), keep(a, a.put(1, "newer", value))];
    const changes = kept.flatMap((operation) => issue(base, base, operation));
    for (const order of [changes, changes.toReversed()])
      expect(base.apply(...order).document.valuesOf(idOf(1), "newer")).toEqual([value]);
  });

  test("leaves out what the same device replaced since", () => {
    const { a, b } = twoDevices();
    const base = nextOf(b.document);
    const kept = [
      keep(a, a.put(1, "tag/work", true)),
      keep(a, a.clear(1, "tag/work")),
      keep(a, a.put(1, "title", "new")),
      keep(a, a.put(1, "title", "old")),
    ];
    const passkey = base.apply(...issue(base, base, ...kept)).document.get(idOf(1));
    expect(passkey).toMatchObject({ title: "old", tags: [], offered: [] });
  });

  test("of a device in an empty vault is made on genesis", () => {
    const a = new Device(1);
    const base = nextOf(a.document);
    const kept = [keep(a, a.create(3)), keep(a, a.put(3, "title", "three"))];
    expect(base.apply(...issue(base, base, ...kept)).document.get(idOf(3))).toMatchObject({ title: "three" });
  });

  test("is offered when the field has another value by now", () => {
    const { a, b } = twoDevices();
    const kept = keep(a, a.put(1, "title", "a year ago"));
    b.put(1, "title", "yesterday");
    const base = nextOf(b.document);
    const passkey = base.apply(...issue(base, base, kept)).document.get(idOf(1));
    expect(passkey?.title).toBe("yesterday");
    expect(passkey?.offered.map(({ value }) => value)).toEqual(["a year ago"]);
  });

  test("loses nothing that was offered already", () => {
    const { a, b } = twoDevices();
    const c = new Device(3);
    c.document = b.document;
    const apart = [b.put(1, "title", "from b"), c.put(1, "title", "from c")];
    for (const device of [b, c]) device.receive(...apart);
    const base = nextOf(b.document);
    const kept = keep(a, a.put(1, "title", "from a"));
    const passkey = base.apply(...issue(base, base, kept)).document.get(idOf(1));
    const values = [passkey?.title, ...(passkey?.offered ?? []).map(({ value }) => value)];
    expect(values.toSorted()).toEqual(["from a", "from b", "from c"]);
  });

  test("brings no passkey twice, and does nothing where all is as it wants", () => {
    const { a, b } = twoDevices();
    const edit = a.create(3);
    const rename = a.put(3, "title", "three");
    b.receive(edit, rename);
    const base = nextOf(b.document);
    expect(issue(base, base, keep(a, edit))).toEqual([]);
    const after = base.apply(...issue(base, base, keep(a, edit), keep(a, rename))).document;
    expect(deriveStateHash(after)).toEqual(deriveStateHash(base));
  });

  test("restores what another device deletes again later, whatever comes first", () => {
    const { a, b } = twoDevices();
    const base = nextOf(b.document);
    const operation = a.nextOperation();
    const edit = a.do({ type: "delete", id: idOf(2), operation, day: 20_000, replacedBy: null });
    const deletion = keep(a, edit, operation);
    b.receive(edit);
    const restore = keep(b, b.restore(2));
    for (const order of [
      [deletion, restore],
      [restore, deletion],
    ]) {
      const after = base.apply(...issue(base, base, ...order)).document;
      expect(after.get(idOf(2))?.state).toBe("live");
    }
  });

  test("clears a field only while that has the value that it cleared", () => {
    const { a, b } = twoDevices();
    const clear = a.do({ type: "clear", id: idOf(1), register: "title" });
    const kept = keep(a, clear);
    const base = nextOf(b.document);
    expect(base.apply(...issue(base, base, kept)).document.get(idOf(1))?.title).toBeNull();
    b.put(1, "title", "changed");
    const changed = nextOf(b.document);
    expect(issue(changed, changed, kept)).toEqual([]);
  });
});
