/** A page of entries of which one is bad: the others are taken as if it had come alone. */
import { expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import type { Notice } from "../../src/sync/replica-state.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { encodeChangePayload } from "../../src/log/change.ts";
import { makeEntry } from "../../src/log/entry.ts";
import { tipOf } from "../../src/sync/replica-state.ts";
import { deriveActor } from "../../src/vault/operation-id.ts";
import { registerKey, type PasskeyId } from "../../src/vault/schema.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  type TestDevice,
} from "../device/devices.ts";
import { forgeChange, shardOf } from "../vault/forge.ts";

/** An entry of this device whose change claims to start at another operation than it does: right in itself, and fits no history. */
function forgeMisfit({ device, deps }: TestDevice, id: PasskeyId): Uint8Array {
  const { epoch, self } = device.context;
  const tip = tipOf(device.state, self.deviceTag);
  if (tip === null) throw new Error("device has not written yet");
  const change = forgeChange({
    actor: deriveActor(self.signer.publicKey, self.session),
    deps: device.state.document.heads().map(encodeHex),
    startOp: 1_000_000,
    seq: 3,
    ops: [{ action: "set", obj: shardOf(id), key: registerKey(id, "note"), value: "forged", pred: [] }],
  });
  const operation = { device: self.signer.publicKey, session: self.session, number: 99 };
  const payload = encodeChangePayload({ session: self.session, changes: [{ operation, ...change }] });
  return makeEntry(
    { logId: epoch.logId, deviceTag: self.deviceTag, seq: tip.seq + 1, prev: tip.hash },
    { epochHash: epoch.hash, seen: [], kind: "change", payload },
    { sealKey: epoch.keys.entryKey, signer: self.signer },
    deps.random,
  ).bytes;
}

test("a change that does not fit is refused, and the rest of its page is taken", async () => {
  const desk = await foundDevice(1, "Desk");
  const id = await addPasskey(desk, "example.org", "ana");
  const laptop = await joinDevice(desk, 2, "Laptop");
  await exchange(desk, laptop);
  const known = (await allEntries(laptop)).length;
  await editPasskey(laptop.device, id, "title", "Example");
  await editPasskey(laptop.device, id, "favourite", true);
  const good = (await allEntries(laptop)).slice(known);
  const told: Notice[] = [];
  desk.device.subscribe((notices) => told.push(...notices));

  const outcomes = await desk.device.receive([...good, forgeMisfit(laptop, id)]);

  expect(outcomes.map((hash) => hash !== null)).toEqual([true, true, false]);
  expect(desk.device.state.document.get(id)).toMatchObject({ title: "Example", favourite: true, note: null });
  expect(told.filter(({ is }) => is === "refused")).toMatchObject([{ code: "LK-ENTRY-CHANGE" }]);
  expect(told.filter(({ is }) => is === "accepted")).toHaveLength(2);
  // What was taken goes on: the same devices still converge.
  await editPasskey(desk.device, id, "title", "Example, Inc.");
  await exchange(desk, laptop);
  expect(laptop.device.state.document.get(id)?.title).toBe("Example, Inc.");
});
