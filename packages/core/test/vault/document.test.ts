/** The vault document: edits, replicas that meet, what a load refuses. */
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "../../src/bytes/text.ts";
import { VaultDocument, createGenesisDocument, loadDocument } from "../../src/vault/document.ts";
import { GENESIS_HASH, makeGenesisChange } from "../../src/vault/genesis.ts";
import { bytesOf, Device, idOf, recordOf } from "./samples.ts";

describe("genesis", () => {
  test("is the same everywhere", () => {
    expect(createGenesisDocument().heads().map(encodeHex)).toEqual([GENESIS_HASH]);
    expect(makeGenesisChange().length).toBe(337);
    expect(createGenesisDocument().list()).toEqual([]);
  });
});

describe("an edit", () => {
  test("makes a passkey that another device shows alike", () => {
    const desk = new Device(1);
    const phone = new Device(2);
    const edit = desk.do({
      type: "create",
      record: recordOf(7),
      registers: new Map([
        ["name", "ana@example.org"],
        ["tag/work", true],
      ]),
    });
    phone.receive(edit);
    expect(phone.document.list()).toEqual(desk.document.list());
    expect(phone.document.heads()).toEqual(desk.document.heads());
    expect(phone.document.get(idOf(7))).toMatchObject({
      state: "live",
      userName: "ana@example.org",
      tags: ["work"],
      record: recordOf(7),
    });
    expect(edit.touched).toEqual([idOf(7)]);
    expect(encodeHex(edit.hash)).toBe(edit.change.hash);
  });
  test("leaves the document it was made on as it was", () => {
    const desk = new Device(1);
    const before = desk.document;
    desk.create(7);
    expect(before.list()).toEqual([]);
    expect(before.heads().map(encodeHex)).toEqual([GENESIS_HASH]);
  });
});
