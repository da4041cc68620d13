/** A device's activity log in its vault: written, sent, received, trimmed, and found damaged. */
import { describe, expect, test } from "vitest";
import { readLines, readOwnLog } from "../../src/audit/audit-rows.ts";
import type { AuditFact } from "../../src/audit/audit-line.ts";
import { createSubjectFinder, readLogs } from "../../src/device/read-audit.ts";
import { sendAudit, trimAudit } from "../../src/device/send-audit.ts";
import { type AuditWriter, writeAudit } from "../../src/device/write-audit.ts";
import { credentialIdOf } from "../../src/vault/schema.ts";
import { addPasskey, exchange, foundDevice, joinDevice, NOW, type TestDevice } from "./devices.ts";

const writerOf = ({ device, store }: TestDevice): AuditWriter => ({
  store,
  rows: device.context.rows,
  logId: device.context.epoch.logId,
  metadataRoot: device.metadataRoot(),
  signer: device.context.self.signer,
});
const write = (on: TestDevice, ...facts: AuditFact[]) => writeAudit(writerOf(on), facts);
const unlock = (at: number): AuditFact => ({ kind: "unlock", at });
const DAY = 86_400_000;

describe("the activity log", () => {
  test("keeps what was done in order, and finds what it was done with", async () => {
    const desk = await foundDevice(1, "Desk");
    const id = await addPasskey(desk, "example.org", "ana");
    await write(desk, unlock(NOW), { kind: "sign-in", at: NOW + 1, id: credentialIdOf(id) as Uint8Array });
    await write(desk, { kind: "unlock-failed", at: NOW + 2, count: 3 });
    const [log] = await readLogs(desk.device);
    expect(log).toMatchObject({ name: "Desk", isOwn: true, problems: [] });
    expect(log?.lines.map(({ signed }) => signed?.line.kind)).toEqual(["unlock", "sign-in", "unlock-failed"]);
    const find = await createSubjectFinder(desk.device);
    const [first, second] = log?.lines ?? [];
    expect(find(first!.signed!)).toBeNull();
    expect(find(second!.signed!)).toEqual({ is: "passkey", site: "example.org", user: "ana" });
  });

  test("says nothing of sites and accounts in what is stored", async () => {
    const desk = await foundDevice(1, "Desk");
    const id = await addPasskey(desk, "example.org", "ana");
    const [line] = await write(desk, { kind: "sign-in", at: NOW, id: credentialIdOf(id) as Uint8Array });
    expect(JSON.stringify(line)).not.toContain("example");
    expect([...(line?.line.subject ?? [])]).not.toEqual(Array.from(credentialIdOf(id) ?? []).slice(0, 16));
  });

  test("reaches the other devices in a batch, once, and is verified there", async () => {
    const desk = await foundDevice(1, "Desk");
    const phone = await joinDevice(desk, 2, "Phone");
    await write(desk, unlock(NOW), unlock(NOW + 1));
    await sendAudit(desk.device);
    await write(desk, unlock(NOW + 2));
    await exchange(desk, phone);
    const [log] = await readLogs(phone.device);
    expect(log).toMatchObject({ name: "Desk", isOwn: false, problems: [] });
    expect(log?.lines).toHaveLength(2);
    await sendAudit(desk.device);
    await exchange(desk, phone);
    expect((await readLogs(phone.device))[0]).toMatchObject({ problems: [], lines: { length: 3 } });
    // An entry of a day without anything to tell looks like any other.
    await sendAudit(desk.device);
    await exchange(desk, phone);
    expect((await readLogs(phone.device))[0]?.lines).toHaveLength(3);
    const kinds = [...desk.device.state.accepted.values()].filter(({ kind }) => kind === "audit");
    expect(kinds).toHaveLength(3);
  });

  test("misses a line that was taken out of the file, and one at the end", async () => {
    const desk = await foundDevice(1, "Desk");
    await write(desk, ...[1, 2, 3, 4].map((ms) => unlock(NOW + ms)));
    const lines = await readLines(desk.store, desk.device.context.rows);
    await desk.store.commit([{ table: "audit", key: lines[1]!.key, value: null }]);
    await desk.store.commit([{ table: "audit", key: lines[3]!.key, value: null }]);
    const [log] = await readLogs(desk.device);
    expect(log?.problems.map(({ is, number }) => [is, number])).toEqual([
      ["missing", 2],
      ["missing", 4],
    ]);
  });

  test("names a damaged row, and a row that was put in the place of another", async () => {
    const desk = await foundDevice(1, "Desk");
    await write(desk, ...[1, 2, 3].map((ms) => unlock(NOW + ms)));
    const lines = await readLines(desk.store, desk.device.context.rows);
    desk.store.damage("audit", lines[0]!.key);
    const stolen = (await desk.store.get("audit", lines[2]!.key))!.value;
    await desk.store.commit([{ table: "audit", key: lines[1]!.key, value: stolen }]);
    const [log] = await readLogs(desk.device);
    expect(log?.problems.map(({ is, number }) => [is, number])).toEqual([
      ["damaged", 1],
      ["damaged", 2],
    ]);
  });

  test("goes on after its last line where the row that counts is lost or behind", async () => {
    const desk = await foundDevice(1, "Desk");
    await write(desk, unlock(NOW), unlock(NOW));
    desk.store.damage("meta", new TextEncoder().encode("audit"));
    await write(desk, unlock(NOW));
    expect((await readLogs(desk.device))[0]).toMatchObject({ problems: [], lines: { length: 3 } });
    const own = desk.device.context.self.signer.publicKey;
    expect((await readOwnLog(desk.store, desk.device.context.rows, own)).next).toBe(4);
  });

  test("lets old lines go, and stays unbroken", async () => {
    const desk = await foundDevice(1, "Desk");
    const phone = await joinDevice(desk, 2, "Phone");
    await write(desk, unlock(NOW - 500 * DAY), unlock(NOW - 450 * DAY), unlock(NOW - 1), unlock(NOW));
    await sendAudit(desk.device);
    await exchange(desk, phone);
    for (const on of [desk, phone]) {
      expect(await trimAudit(on.device)).toBe(2);
      expect((await readLogs(on.device))[0]).toMatchObject({ problems: [], lines: { length: 2 } });
    }
    await write(desk, unlock(NOW));
    expect((await readLogs(desk.device))[0]).toMatchObject({ problems: [], lines: { length: 3 } });
  });

  test("is not read in a batch that its author did not write", async () => {
    const desk = await foundDevice(1, "Desk");
    const phone = await joinDevice(desk, 2, "Phone");
    const { writeAuditBatch } = await import("../../src/sync/write-entry.ts");
    const { encodeBatch } = await import("../../src/audit/audit-batch.ts");
    const [line] = await write(phone, unlock(NOW));
    await desk.device.step((state) => writeAuditBatch(desk.device.context, state, encodeBatch([line!]), []));
    await exchange(desk, phone);
    expect([...phone.device.state.held.values()].map(({ reason }) => reason)).toEqual([
      { refused: "LK-ENTRY-MALFORMED" },
    ]);
    expect((await readLogs(phone.device)).map(({ name }) => name)).toEqual(["Phone"]);
  });
});
