/** Promise 2 of sync-protocol.md § 1: two devices that hold the same entries show the same vault, whatever order they came in. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Edit, loadDocument } from "../../src/vault/document.ts";
import type { VaultOperation } from "../../src/vault/operations.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { Device, idOf, recordOf } from "./samples.ts";

const runs = process.env["SLOW"] ? 1_000 : 40;

type Act =
  | { readonly type: "create"; readonly seed: number; readonly rpId: string }
  | { readonly type: "put"; readonly seed: number; readonly register: string; readonly value: string }
  | { readonly type: "flag"; readonly seed: number; readonly register: string; readonly value: boolean }
  | { readonly type: "tag"; readonly seed: number; readonly tag: string; readonly on: boolean }
  | { readonly type: "delete" | "restore"; readonly seed: number }
  | { readonly type: "setting"; readonly value: string | null };

/** 0 and 1 are there from the beginning, on every device. */
const seed = fc.nat({ max: 2 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant("create" as const), seed, rpId: fc.constantFrom("a.example", "b.example") }),
  fc.record({
    type: fc.constant("put" as const),
    seed,
    register: fc.constantFrom("title", "name", "note"),
    value: fc.constantFrom("one", "two", "three"),
  }),
  fc.record({
    type: fc.constant("flag" as const),
    seed,
    register: fc.constantFrom("favourite", "archived"),
    value: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("tag" as const),
    seed,
    tag: fc.constantFrom("work", "home"),
    on: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom("delete" as const, "restore" as const), seed }),
  fc.record({ type: fc.constant("setting" as const), value: fc.option(fc.constantFrom("x", "y")) }),
);
/** A device acts, or takes some of what others made. */
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ device: fc.nat({ max: 3 }), act }) },
  {
    weight: 1,
    arbitrary: fc.record({ device: fc.nat({ max: 3 }), take: fc.array(fc.nat(), { maxLength: 8 }) }),
  },
);

function operationOf(device: Device, step: Act): VaultOperation | null {
  if (step.type === "setting") {
    return step.value === null
      ? { type: "clear-setting", name: "policy" }
      : { type: "put-setting", name: "policy", value: step.value };
  }
  const id = idOf(step.seed);
  const there = device.document.valuesOf(id, "core").length > 0;
  if (step.type === "create")
    return there ? null : { type: "create", record: recordOf(step.seed, { rpId: step.rpId }) };
  if (!there) return null;
  switch (step.type) {
    case "put":
    case "flag":
      return { type: "put", id, register: step.register, value: step.value };
    case "tag": {
      const register = `tag/${step.tag}`;
      return step.on ? { type: "put", id, register, value: true } : { type: "clear", id, register };
    }
    case "delete":
      return { type: "delete", id, operation: device.nextOperation(), day: 20_000, replacedBy: null };
    case "restore":
      return { type: "restore", id };
  }
}

/** Gives a device those of `edits` that it lacks, beginning with whichever `order` picks among those that can be applied. */
function deliver(device: Device, edits: readonly Edit[], order: readonly number[], limit = Infinity): void {
  for (let taken = 0; taken < limit; taken++) {
    const ready = edits.filter(
      ({ change }) =>
        !device.document.has(change.hash) && device.document.missingDependencies(change).length === 0,
    );
    const next = ready[(order[taken % Math.max(order.length, 1)] ?? 0) % Math.max(ready.length, 1)];
    if (next === undefined) return;
    device.receive(next);
  }
}

test(
  "devices with the same changes show the same vault, in whatever order they came",
  { timeout: 120_000 },
  () => {
    const seen = { offered: 0, lateEdits: 0 };
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(step, { minLength: 10, maxLength: 40, size: "max" }),
        fc.array(fc.array(fc.nat(), { maxLength: 20 }), { minLength: 4, maxLength: 4 }),
        (count, steps, orders) => {
          const devices = Array.from({ length: count }, (_, i) => new Device(i + 1));
          const edits: Edit[] = [0, 1].map((known) => (devices[0] as Device).create(known));
          for (const device of devices.slice(1)) device.receive(...edits);
          for (const each of steps) {
            const device = devices[each.device % count] as Device;
            if ("take" in each) {
              deliver(device, edits, each.take, each.take.length);
              continue;
            }
            const operation = operationOf(device, each.act);
            const edit = operation === null ? null : device.document.edit(device.actor, [operation]);
            if (edit === null) continue;
            device.document = edit.document;
            edits.push(edit);
          }
          for (const [i, device] of devices.entries()) deliver(device, edits, orders[i] ?? []);
          const all = new Device(9);
          all.document.list();
          all.document = all.document.apply(...edits.map(({ change }) => change)).document;
          const [first, ...others] = [...devices, all].map(({ document }) => document);
          for (const other of others) {
            expect(other.heads()).toEqual(first?.heads());
            expect(other.list()).toEqual(first?.list());
            expect(other.cells()).toEqual(first?.cells());
            expect(deriveStateHash(other)).toEqual(deriveStateHash(first as typeof other));
          }
          for (const { offered, deletion } of all.document.list()) {
            seen.offered += offered.length;
            seen.lateEdits += deletion?.editedAfter.length ?? 0;
          }
          // What was kept up to date change by change is what a fresh look finds.
          const loaded = loadDocument(all.document.save(), all.document.heads());
          expect(loaded.cells()).toEqual(all.document.cells());
          expect(loaded.list()).toEqual(all.document.list());
          expect(deriveStateHash(loaded)).toEqual(deriveStateHash(all.document));
        },
      ),
      { numRuns: runs },
    );
    // The rounds were about something.
    expect(seen.offered).toBeGreaterThan(0);
    expect(seen.lateEdits).toBeGreaterThan(0);
  },
);
