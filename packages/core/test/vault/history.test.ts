/**
 * Changes that are allowed by themselves and do not fit the history they name. Each row was seen to leave an Automerge document that
 * cannot be loaded again, or that lost a value, when it was applied without the check.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { isVaultError } from "../../src/errors.ts";
import { admitChange } from "../../src/vault/admit.ts";
import { type Edit, loadDocument, type VaultDocument } from "../../src/vault/document.ts";
import { GENESIS_HASH } from "../../src/vault/genesis.ts";
import type { ActorId } from "../../src/vault/operation-id.ts";
import {
  bareBackend,
  type Forged,
  forgeBytes,
  forgeChange,
  type ForgedOperation,
  forger,
  shardOf,
} from "./forge.ts";
import { bytesOf, Device, idOf, recordOf } from "./samples.ts";

const desk = new Device(1);
desk.create(7);
const first = desk.put(7, "title", "one");
const { document } = desk;
const id = idOf(7);
const shard = shardOf(id);
const bare = bareBackend(document);
const operationOf = (register: string): string => bare.getAll(shard, `${id}/${register}`)[0]?.[2] as string;
const heads = document.heads().map(encodeHex);

const note: ForgedOperation = { action: "set", obj: shard, key: `${id}/note`, value: "n", pred: [] };
const rename: ForgedOperation = { ...note, key: `${id}/title`, pred: [operationOf("title")] };
const onTop = (operation: ForgedOperation, spoil: object = {}): Forged =>
  forgeChange({ startOp: 69, deps: heads, ...spoil, ops: [operation] });
const refusal = (message: string) =>
  expect.objectContaining({
    code: "LK-ENTRY-CHANGE",
    message: expect.stringContaining(message) as string,
  }) as Error;
const admit = ({ bytes, hash }: Forged, actor: ActorId = forger) => admitChange(bytes, hash, actor);

/** Applying threw; `before` is as it was and can be saved. */
function expectUntouched(before: VaultDocument, heads: readonly Uint8Array[]): void {
  expect(before.heads()).toEqual(heads);
  expect(before.get(id)).toMatchObject({ state: "live", title: "one" });
  expect(loadDocument(before.save()).list()).toEqual(before.list());
}

describe("a change is not applied", () => {
  test.for<[what: string, message: string, change: Forged, actor?: ActorId]>([
    [
      "when it replaces the core under another key",
      "than it saw",
      onTop({ ...note, pred: [operationOf("core")] }),
    ],
    ["when it replaces what does not exist", "than it saw", onTop({ ...note, pred: [`77@${desk.actor}`] })],
    ["when it replaces less than it saw", "than it saw", onTop({ ...rename, pred: [] })],
    [
      "when it deletes what does not exist",
      "than it saw",
      onTop({ action: "del", obj: shard, key: `${id}/note`, pred: [`77@${desk.actor}`] }),
    ],
    [
      "when it replaces what it did not know of",
      "than it saw",
      onTop(rename, { deps: [GENESIS_HASH], startOp: 67 }),
    ],
    ["when its operations start too low", "operation 1, not 69", onTop(note, { startOp: 1 })],
    ["when its operations start too high", "operation 1000, not 69", onTop(note, { startOp: 1000 })],
    ["when its number leaps", "cannot be applied", onTop(note, { seq: 2 })],
    [
      "when its number comes again",
      "cannot be applied",
      onTop(note, { actor: desk.actor, seq: 2 }),
      desk.actor,
    ],
    [
      "when it does not build on its maker's last one",
      "number 3 of its actor after 0",
      onTop(note, { actor: desk.actor, seq: 3, deps: [GENESIS_HASH], startOp: 67 }),
      desk.actor,
    ],
    [
      "when it depends on something that is not here",
      "not here",
      onTop(note, { deps: [encodeHex(bytesOf(1, 32))] }),
    ],
  ])("%s", ([, message, change, actor]) => {
    const before = document.heads();
    const admitted = admit(change, actor);
    expect(() => document.apply(admitted)).toThrow(refusal(message));
    expectUntouched(document, before);
  });

  test("nor are the good ones beside it, until they come alone", () => {
    const good = admit(onTop(rename));
    const bad = admit(onTop({ ...note, pred: [operationOf("core")] }));
    expect(() => document.apply(good, bad)).toThrow(refusal(""));
    expect(document.apply(good).document.get(id)?.title).toBe("n");
  });

  test("in a row that is out of order", () => {
    const phone = new Device(2, document);
    const edits = [phone.put(7, "note", "a"), phone.put(7, "note", "b")].map(({ change }) => change);
    expect(() => document.apply(...edits.toReversed())).toThrow(refusal("heads"));
    expect(document.apply(...edits).document.get(id)?.note).toBe("b");
  });

  test("before what it depends on", () => {
    const phone = new Device(2);
    expect(phone.document.missingDependencies(first.change)).toEqual(first.change.dependencies);
    expect(() => phone.document.apply(first.change)).toThrow(refusal(""));
    phone.document = phone.document.apply(
      admitChange(...changeBefore(first.change.dependencies[0] as string)),
    ).document;
    expect(phone.document.missingDependencies(first.change)).toEqual([]);
    phone.receive(first);
    expect(phone.document.list()).toEqual(document.list());
  });
});

function changeBefore(hash: string): [Uint8Array, Uint8Array, ActorId] {
  const bytes = bare.getChangeByHash(hash) as Uint8Array;
  return [bytes, forgeBytes(bytes).hash, desk.actor];
}

test("a change that is in already is passed over", () => {
  const { document: next, touched } = document.apply(first.change);
  expect(next).toBe(document);
  expect(touched).toEqual([]);
});

describe("whatever damage makes of a change, signed anew,", () => {
  const phone = new Device(2, document);
  const samples = [
    phone.put(7, "title", "two"),
    phone.do({ type: "create", record: recordOf(8), registers: new Map([["tag/work", true]]) }),
    phone.delete(7),
    phone.restore(7),
  ];

  /** Applies it if it is let through, and then it must load again with the same passkeys. */
  function tryDamaged(bytes: Uint8Array, base: VaultDocument): boolean {
    const forged = forgeBytes(bytes);
    try {
      const next = base.apply(admit(forged, phone.actor)).document;
      const loaded = loadDocument(next.save(), next.heads());
      expect(loaded.list()).toEqual(next.list());
      for (const { id: kept, record } of base.list()) expect(next.get(kept)?.record).toEqual(record);
      return true;
    } catch (error) {
      if (isVaultError(error, "LK-ENTRY-CHANGE") || isVaultError(error, "LK-ENTRY-FORBIDDEN")) return false;
      throw error;
    }
  }

  test("is refused or leaves a document that loads: any one bit of a rename", () => {
    const { bytes } = (samples[0] as Edit).change;
    let applied = 0;
    for (let bit = 9 * 8; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      if (tryDamaged(damaged, document)) applied++;
    }
    // Only what the author may well have meant: bits of the three letters.
    expect(applied).toBeLessThanOrEqual(24);
  });

  test("is refused or leaves a document that loads: any bytes of any change", { timeout: 120_000 }, () => {
    const bases = samples.reduce<VaultDocument[]>(
      (done, { change }, i) => [...done, (done[i] as VaultDocument).apply(change).document],
      [document],
    );
    fc.assert(
      fc.property(
        fc.nat({ max: samples.length - 1 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (which, edits) => {
          const damaged = (samples[which] as Edit).change.bytes.slice();
          for (const [at, byte] of edits) damaged[9 + (at % (damaged.length - 9))] = byte;
          tryDamaged(damaged, bases[which] as VaultDocument);
        },
      ),
      { numRuns: process.env["SLOW"] ? 20_000 : 500 },
    );
  });
});
