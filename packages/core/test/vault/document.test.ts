/** The vault document on one device and between two: edits, settings, sizes, saving and loading. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { decodeCredentialRecord, encodeCredentialRecord } from "../../src/vault/credential-record.ts";
import { createGenesisDocument, loadDocument } from "../../src/vault/document.ts";
import { type Backend, createBackend, GENESIS_HASH, makeGenesisChange } from "../../src/vault/genesis.ts";
import type { VaultOperation } from "../../src/vault/operations.ts";
import { MAX_TITLE_LENGTH, passkeyId } from "../../src/vault/schema.ts";
import { bareBackend } from "./forge.ts";
import { bytesOf, Device, idOf, recordOf } from "./samples.ts";

const throwsCode = (code: string) => expect.objectContaining({ code }) as Error;

describe("genesis", () => {
  test("is the same everywhere, byte for byte", () => {
    expect(createGenesisDocument().heads().map(encodeHex)).toEqual([GENESIS_HASH]);
    expect(GENESIS_HASH).toBe("71af3cc49b3377ee9259d52a93bcd8c1673539c339d1ef1b7c1cc7f3aea1214f");
    expect(makeGenesisChange()).toHaveLength(337);
    expect(createGenesisDocument().list()).toEqual([]);
  });
});

describe("an edit", () => {
  test("makes a passkey that another device shows alike", () => {
    const desk = new Device(1);
    const phone = new Device(2);
    const registers = new Map<string, string | true>([
      ["name", "ana@example.org"],
      ["tag/work", true],
      ["tag/a/b", true],
    ]);
    const edit = desk.do({ type: "create", record: recordOf(7), registers });
    phone.receive(edit);
    expect(phone.document.list()).toEqual(desk.document.list());
    expect(phone.document.heads()).toEqual(desk.document.heads());
    expect(phone.document.get(idOf(7))).toMatchObject({
      state: "live",
      userName: "ana@example.org",
      title: null,
      tags: ["a/b", "work"],
      record: recordOf(7),
    });
    expect(edit.touched).toEqual([idOf(7)]);
    expect(encodeHex(edit.hash)).toBe(edit.change.hash);
    expect(phone.document.actorOf(edit.change.hash)).toBe(desk.actor);
  });

  test("leaves the document it was made on as it was", () => {
    const desk = new Device(1);
    const before = desk.document;
    desk.create(7);
    expect(before.list()).toEqual([]);
    expect(before.heads().map(encodeHex)).toEqual([GENESIS_HASH]);
  });

  test("can be given up: the document before it goes on another way", () => {
    const desk = new Device(1);
    desk.create(7);
    const before = desk.document;
    for (const title of ["one", "two", "three"]) desk.put(7, "title", title);
    const given = desk.document;
    desk.document = before;
    expect(before.heads()).not.toEqual(given.heads());
    const again = desk.put(7, "title", "four");
    expect(desk.document.get(idOf(7))?.title).toBe("four");
    expect(given.get(idOf(7))?.title).toBe("three");
    expect(loadDocument(desk.document.save(), desk.document.heads()).list()).toEqual(desk.document.list());
    const phone = new Device(2, before);
    phone.receive(again);
    expect(phone.document.heads()).toEqual(desk.document.heads());
  });

  test("says what it replaced", () => {
    const desk = new Device(1);
    desk.create(7);
    expect(desk.put(7, "title", "one").writes).toMatchObject([
      { key: `${idOf(7)}/title`, value: "one", replaced: null },
    ]);
    expect(desk.put(7, "title", "two").writes).toMatchObject([{ value: "two", replaced: "one" }]);
    expect(desk.do({ type: "clear", id: idOf(7), register: "title" }).writes).toMatchObject([
      { value: null, replaced: "two" },
    ]);
    expect(desk.document.get(idOf(7))?.title).toBeNull();
  });

  test("is none when everything is as wanted", () => {
    const desk = new Device(1);
    desk.create(7);
    desk.put(7, "title", "one");
    const edits: VaultOperation[] = [
      { type: "put", id: idOf(7), register: "title", value: "one" },
      { type: "clear", id: idOf(7), register: "note" },
      { type: "restore", id: idOf(7) },
      { type: "clear-setting", name: "relay/a" },
    ];
    expect(desk.document.edit(desk.actor, edits)).toBeNull();
  });

  test("sets and clears several registers at once", () => {
    const desk = new Device(1);
    desk.create(7);
    const { change } = desk.do(
      { type: "put", id: idOf(7), register: "favourite", value: true },
      { type: "put", id: idOf(7), register: "archived", value: true },
      { type: "put", id: idOf(7), register: "note", value: "first" },
      { type: "put", id: idOf(7), register: "note", value: "second" },
    );
    expect(change.operations).toHaveLength(3);
    expect(desk.document.get(idOf(7))).toMatchObject({ favourite: true, archived: true, note: "second" });
  });

  test.for<[what: string, code: string, operation: VaultOperation]>([
    [
      "a passkey that is not there",
      "LK-VAULT-NOT-FOUND",
      { type: "put", id: idOf(8), register: "title", value: "x" },
    ],
    [
      "a title that is too long",
      "LK-VAULT-LIMIT",
      { type: "put", id: idOf(7), register: "title", value: "x".repeat(MAX_TITLE_LENGTH + 1) },
    ],
    ["half a character", "LK-VAULT-LIMIT", { type: "put", id: idOf(7), register: "title", value: "\ud800" }],
    [
      "a tag that is false",
      "LK-VAULT-LIMIT",
      { type: "put", id: idOf(7), register: "tag/work", value: false },
    ],
    [
      "a core",
      "LK-ENTRY-FORBIDDEN",
      { type: "put", id: idOf(7), register: "core", value: encodeCredentialRecord(recordOf(7)) },
    ],
    ["a core away", "LK-ENTRY-FORBIDDEN", { type: "clear", id: idOf(7), register: "core" }],
    ["a passkey that is there", "LK-ENTRY-FORBIDDEN", { type: "create", record: recordOf(7) }],
    [
      "a setting that is too large",
      "LK-VAULT-LIMIT",
      { type: "put-setting", name: "relay/a", value: new Uint8Array(5000) },
    ],
  ])("refuses to write %s", ([, code, operation]) => {
    const desk = new Device(1);
    desk.create(7);
    expect(() => desk.document.edit(desk.actor, [operation])).toThrow(throwsCode(code));
  });

  test("keeps a register of a newer version", () => {
    const desk = new Device(1);
    desk.create(7);
    desk.put(7, "large-blob", bytesOf(1, 9));
    expect(loadDocument(desk.document.save()).valuesOf(idOf(7), "large-blob")).toEqual([bytesOf(1, 9)]);
  });
});

describe("settings", () => {
  test("hold bytes under a name", () => {
    const desk = new Device(1);
    const phone = new Device(2);
    phone.receive(desk.do({ type: "put-setting", name: "relay/a", value: bytesOf(1, 40) }));
    expect(phone.document.settings()).toEqual(new Map([["relay/a", bytesOf(1, 40)]]));
    desk.receive(phone.do({ type: "clear-setting", name: "relay/a" }));
    expect(desk.document.settings().size).toBe(0);
  });
});

describe("sizes", () => {
  test("a rename takes 200 bytes at most, a new ES256 passkey 900 with both names and PRF seeds", () => {
    const desk = new Device(1);
    const registers = new Map([
      ["name", "ana@example.org"],
      ["display-name", "Ana"],
    ]);
    const create = desk.do({ type: "create", record: recordOf(7), registers });
    expect(create.change.bytes.length).toBeLessThanOrEqual(900);
    expect(desk.put(7, "title", "Bank, the shared one").change.bytes.length).toBeLessThanOrEqual(200);
  });
});

describe("a credential record", () => {
  test("comes back as it was written", () => {
    expect(decodeCredentialRecord(encodeCredentialRecord(recordOf(3)))).toEqual(recordOf(3));
    const plain = recordOf(3, { sealedPrfSeeds: null, userHandle: new Uint8Array(), discoverable: false });
    expect(decodeCredentialRecord(encodeCredentialRecord(plain))).toEqual(plain);
  });

  test("of a version that is not known is refused", () => {
    const bytes = encodeCredentialRecord(recordOf(3));
    bytes[1] = 2;
    expect(() => decodeCredentialRecord(bytes)).toThrow(throwsCode("LK-VAULT-DAMAGED"));
  });
});

describe("loading", () => {
  const desk = new Device(1);
  desk.create(7);
  desk.put(7, "title", "one");
  const saved = desk.document.save();

  test("brings back all of it", () => {
    const loaded = loadDocument(saved, desk.document.heads());
    expect(loaded.list()).toEqual(desk.document.list());
    expect(loaded.heads()).toEqual(desk.document.heads());
    expect(loaded.schema()).toBe(1);
  });

  test("refuses every flipped bit", () => {
    const survivors: number[] = [];
    for (let bit = 0; bit < saved.length * 8; bit++) {
      const damaged = saved.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        loadDocument(damaged);
        survivors.push(bit);
      } catch (error) {
        expect(error).toEqual(throwsCode("LK-VAULT-DAMAGED"));
      }
    }
    expect(survivors).toEqual([]);
  });

  test("refuses a part of it and more than it", () => {
    for (let length = 0; length < saved.length; length++) {
      expect(() => loadDocument(saved.slice(0, length))).toThrow(throwsCode("LK-VAULT-DAMAGED"));
    }
    expect(() => loadDocument(new Uint8Array([...saved, 0]))).toThrow(throwsCode("LK-VAULT-DAMAGED"));
    expect(() => loadDocument(new Uint8Array([...saved, ...saved]))).toThrow(throwsCode("LK-VAULT-DAMAGED"));
  });

  test.for<[what: string, spoil: (backend: Backend) => void]>([
    ["a shard that was put in anew", (backend) => backend.putObject("_root", "s00", {})],
    ["a shard that was deleted", (backend) => backend.delete("_root", "s3f")],
    ["other settings", (backend) => backend.putObject("_root", "settings", {})],
  ])("refuses %s", ([, spoil]) => {
    const backend = bareBackend(desk.document);
    spoil(backend);
    backend.commit(null, 0);
    expect(() => loadDocument(backend.save())).toThrow(throwsCode("LK-VAULT-DAMAGED"));
  });

  test("refuses a document of another root", () => {
    const backend = createBackend();
    backend.putObject("_root", "s00", {});
    backend.commit(null, 0);
    expect(() => loadDocument(backend.save())).toThrow(throwsCode("LK-VAULT-DAMAGED"));
    expect(() => loadDocument(createBackend().save())).toThrow(throwsCode("LK-VAULT-DAMAGED"));
  });

  test("shows a document of a newer version, and does not edit it", () => {
    const backend = bareBackend(desk.document);
    backend.put("_root", "schema", 2, "uint");
    backend.commit(null, 0);
    const newer = loadDocument(backend.save());
    expect(newer.list()).toEqual(desk.document.list());
    expect(() =>
      newer.edit(desk.actor, [{ type: "put", id: idOf(7), register: "title", value: "x" }]),
    ).toThrow(throwsCode("LK-VAULT-NEWER"));
  });

  test("refuses other heads than were noted", () => {
    expect(() => loadDocument(saved, createGenesisDocument().heads())).toThrow(
      throwsCode("LK-VAULT-DAMAGED"),
    );
    expect(() => loadDocument(saved, [...desk.document.heads(), bytesOf(1, 32)])).toThrow(
      throwsCode("LK-VAULT-DAMAGED"),
    );
  });

  test("names a passkey by its credential id", () => {
    expect(passkeyId(bytesOf(7, 32))).toBe(idOf(7));
  });
});
