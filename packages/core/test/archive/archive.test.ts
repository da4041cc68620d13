/** Archives of real devices: what goes in comes out, whatever is changed, cut or added is noticed. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ARCHIVE_MAGIC,
  ARCHIVE_PART_BYTES,
  decodeArchiveRecord,
  MAX_ARCHIVE_LOGS,
  MAX_ARCHIVE_RECORD_BYTES,
} from "../../src/archive/archive-record.ts";
import { readArchive } from "../../src/archive/read-archive.ts";
import { verifyArchive } from "../../src/archive/verify-archive.ts";
import { type ArchiveLog, writeArchive } from "../../src/archive/write-archive.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { encodeHex } from "../../src/bytes/text.ts";
import { encodeCbor } from "../../src/cbor/codec.ts";
import { exportLog, verifyExport } from "../../src/device/export-log.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { openMetadataTier } from "../../src/device/tiers.ts";
import { deriveMetadataKeys } from "../../src/membership/device.ts";
import { commitToRoot, deriveMetadataEpochKeys } from "../../src/membership/epoch.ts";
import { openRoot } from "../../src/membership/seal.ts";
import {
  addPasskey,
  exchange,
  foundDevice,
  joinDevice,
  openProtector,
  type TestDevice,
} from "../device/devices.ts";
import { makeNextEpoch, Rooms } from "../device/rooms.ts";

const SLOW = process.env["SLOW"] === "1";

let desk: TestDevice;
let phone: TestDevice;
let archive: Uint8Array;

beforeAll(async () => {
  desk = await foundDevice(1, "Desk");
  const id = await addPasskey(desk, "example.org", "ana");
  phone = await joinDevice(desk, 2, "Phone");
  await editPasskey(phone.device, id, "title", "Example");
  await exchange(desk, phone);
  archive = await collect(exportLog(desk.device));
});

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatBytes(...all);
}

/** In pieces of `size` bytes. */
async function* cut(bytes: Uint8Array, size: number = bytes.length): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const verify = (bytes: Uint8Array, size?: number) => verifyExport(desk.device, cut(bytes, size));

/** Where each record begins and ends in the archive. */
function spansOf(bytes: Uint8Array): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (let start = ARCHIVE_MAGIC.length; start < bytes.length;) {
    const end = start + 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(start);
    spans.push({ start, end });
    start = end;
  }
  return spans;
}

/** The same log with other parts: an archive whose own end fits, as an attacker would make it. */
async function forge(change: (log: { snapshot: Uint8Array; entries: Uint8Array[] }) => void, others = {}) {
  const { context, epoch } = desk.device;
  const entries: Uint8Array[] = [];
  const parts: Uint8Array[] = [];
  for await (const record of readArchive(cut(archive))) {
    if (record.is === "entry") entries.push(record.bytes);
    if (record.is === "part") parts.push(record.bytes);
  }
  const content = { snapshot: concatBytes(...parts), entries };
  change(content);
  const { readEpochRow } = await import("../../src/device/epoch-row.ts");
  const { payload } = await readEpochRow(desk.store, context.rows);
  const log: ArchiveLog = {
    logId: epoch.record.logId,
    epochRecord: payload,
    recordKey: context.epoch.keys.recordKey,
    snapshot: content.snapshot,
    entries: (async function* () {
      yield* content.entries;
    })(),
    ...others,
  };
  return collect(writeArchive([log], desk.deps.random));
}

describe("an archive", () => {
  test("holds every entry up to each chain's tip, by whichever member it is", async () => {
    const [log, ...others] = await verify(archive);
    expect(others).toEqual([]);
    expect(log).toMatchObject({ devices: 2, entries: desk.device.state.accepted.size });
    const hex = ({ hash }: { hash: Uint8Array }) => encodeHex(hash);
    expect(log?.tips.map(hex).sort()).toEqual([...desk.device.state.tips.values()].map(hex).sort());
  });

  test.for([1, 3, 4_096, 65_537])("is read alike in pieces of %i bytes", async (size) => {
    expect(await verify(archive, size)).toEqual(await verify(archive));
  });

  test("is verified by a device that joined later, and by none of another vault", async () => {
    expect(await verifyExport(phone.device, cut(archive))).toHaveLength(1);
    const stranger = await foundDevice(9, "Stranger");
    await expect(verifyExport(stranger.device, cut(archive))).rejects.toMatchObject({
      code: "LK-EXPORT-KEY",
    });
  });

  test("gives its root to the keys of a member that its epoch names, and so all the rest", async () => {
    const [span] = spansOf(archive);
    const record = decodeArchiveRecord(archive.slice((span?.start ?? 0) + 4, span?.end));
    if (record.is !== "log") throw new Error("archive begins with a log");
    const tier = await openMetadataTier(desk.store, openProtector);
    const [seal] = record.seals;
    const root = openRoot(
      deriveMetadataKeys(tier).metadataKem,
      { logId: record.logId, member: seal?.member ?? new Uint8Array(), root: "M" },
      seal?.metadata ?? new Uint8Array(),
      commitToRoot("M", desk.device.metadataRoot()),
    );
    expect(await verifyArchive(cut(archive), () => root, desk.deps.crypto)).toHaveLength(1);
  });

  test("shows no key, name, site or account, and no public key of a device", async () => {
    const text = Buffer.from(archive).toString("latin1");
    const tier = await openMetadataTier(desk.store, openProtector);
    const secrets = [tier.local, tier.entry, desk.device.metadataRoot()];
    const { entryPublicKey, authorityPublicKey } = desk.device.self!.member.identity;
    const hidden = [
      "example.org",
      "ana",
      "Desk",
      "Phone",
      "Example",
      ...[...secrets, entryPublicKey, authorityPublicKey].map((key) => Buffer.from(key).toString("latin1")),
    ];
    expect(hidden.filter((part) => text.includes(part))).toEqual([]);
  });
});

describe("an archive of several epochs", () => {
  test("holds the logs that the device left and keeps, each whole, the present one last", async () => {
    const rooms = new Rooms();
    const maker = await foundDevice(21, "Desk");
    const away = await joinDevice(maker, 22, "Phone");
    const id = await addPasskey(maker, "example.org", "ana");
    await rooms.settle(maker, away);
    await makeNextEpoch(maker, rooms);
    await editPasskey(maker.device, id, "title", "after");
    const logs = await verifyExport(maker.device, exportLog(maker.device));
    expect(logs.map(({ epoch }) => epoch.record.number)).toEqual([1, 2]);
    expect(logs[1]?.epoch.record.parent).toEqual(logs[0]?.epoch.hash);
    expect(logs[1]?.entries).toBe(maker.device.state.accepted.size);
    // Who has not moved has no root of the later one.
    await expect(verifyExport(away.device, exportLog(maker.device))).rejects.toMatchObject({
      code: "LK-EXPORT-KEY",
    });
  });
});

test("the protocol's page has the numbers of the code", () => {
  const page = readFileSync(new URL("../../../../docs/protocol.md", import.meta.url), "utf8");
  const archive = page.split("**Archive.**")[1]?.split("\n## ")[0] ?? "";
  expect(archive).toContain(`1 to ${MAX_ARCHIVE_RECORD_BYTES} bytes of CBOR`);
  expect(archive).toContain(`snapshot: ${ARCHIVE_PART_BYTES} bytes, the last one 1 to ${ARCHIVE_PART_BYTES}`);
  expect(archive).toContain(`at most ${MAX_ARCHIVE_LOGS} logs`);
  expect(new TextDecoder().decode(ARCHIVE_MAGIC)).toBe("LKARCH1\n");
  expect(archive).toContain('the text "LKARCH1" and a line feed');
});

describe("an archive that is not whole", () => {
  test("is noticed wherever a byte was changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = archive.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        await expect(verify(changed)).rejects.toMatchObject({ code: expect.stringMatching(/^LK-/) });
      }),
      { numRuns: SLOW ? 2_000 : 60 },
    );
  });

  test("is noticed wherever it was cut off", async () => {
    const ends = spansOf(archive).flatMap(({ start, end }) => [start, start + 2, start + 4, end - 1]);
    for (const end of [0, 3, ...ends]) {
      await expect(verify(archive.subarray(0, end))).rejects.toMatchObject({ code: "LK-EXPORT-DAMAGED" });
    }
  });

  test("is noticed when it goes on after its end", async () => {
    const longer = concatBytes(archive, Uint8Array.of(0));
    await expect(verify(longer)).rejects.toMatchObject({ code: "LK-EXPORT-DAMAGED" });
  });

  const rearranged: readonly (readonly [string, (spans: Uint8Array[]) => Uint8Array[]])[] = [
    ["without one record", (spans) => spans.toSpliced(3, 1)],
    ["with a record twice", (spans) => spans.toSpliced(3, 0, spans[3]!)],
    ["with two records exchanged", (spans) => spans.with(3, spans[4]!).with(4, spans[3]!)],
    ["without its log record", (spans) => spans.slice(1)],
    ["without its snapshot", (spans) => spans.toSpliced(1, 1)],
    ["with a snapshot after entries", (spans) => [...spans.toSpliced(1, 1), spans[1]!]],
    ["with its end alone", (spans) => spans.slice(-1)],
  ];
  test.for(rearranged)("is noticed %s", async ([, rearrange]) => {
    const spans = spansOf(archive).map(({ start, end }) => archive.slice(start, end));
    const changed = concatBytes(ARCHIVE_MAGIC, ...rearrange(spans));
    await expect(verify(changed)).rejects.toMatchObject({ code: "LK-EXPORT-DAMAGED" });
  });

  test.for([0, 262_145, 4_294_967_295])("announces no record of %i bytes", async (length) => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, length);
    const lying = concatBytes(ARCHIVE_MAGIC, header, new Uint8Array(100));
    await expect(verify(lying)).rejects.toMatchObject({ code: "LK-EXPORT-DAMAGED" });
  });

  test.for([null, [], [5], [1], [2, new Uint8Array()], [3, "entry"], [4, 1, 1], new Map()])(
    "has no record such as %j",
    (value) => {
      expect(() => decodeArchiveRecord(encodeCbor(value as never))).toThrowError(
        expect.objectContaining({ code: "LK-EXPORT-DAMAGED" }),
      );
    },
  );
});

describe("an archive made by somebody who has no key of the vault", () => {
  const spoil = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] ?? 0) ^ 1);

  const FORGERIES: readonly (readonly [
    what: string,
    code: string,
    change: (log: { snapshot: Uint8Array; entries: Uint8Array[] }) => void,
  ])[] = [
    ["another snapshot", "LK-EPOCH-SNAPSHOT", (log) => (log.snapshot = spoil(log.snapshot, 100))],
    [
      "an entry with another signature",
      "LK-ENTRY-SIGNATURE",
      ({ entries }) => (entries[1] = spoil(entries[1]!, entries[1]!.length - 1)),
    ],
    ["a hole in a chain", "LK-EXPORT-DAMAGED", ({ entries }) => entries.splice(1, 1)],
    ["entries before their maker is a member", "LK-EXPORT-DAMAGED", ({ entries }) => entries.reverse()],
  ];
  test.for(FORGERIES)("with %s is refused as %s", async ([, code, change]) => {
    await expect(verify(await forge(change))).rejects.toMatchObject({ code });
  });

  test("with another epoch's keys or name is refused", async () => {
    const other = deriveMetadataEpochKeys(new Uint8Array(32).fill(7));
    const sealedWrongly = await forge(() => {}, { recordKey: other.recordKey });
    await expect(verify(sealedWrongly)).rejects.toMatchObject({ code: "LK-EXPORT-KEY" });
    const name = { logId: new Uint8Array(16).fill(9) };
    await expect(verify(await forge(() => {}, name))).rejects.toMatchObject({ code: "LK-EXPORT-KEY" });
  });

  test("and cut at the end of a chain shows in the tips, and there alone", async () => {
    const shorter = await forge(({ entries }) => entries.pop());
    const [log] = await verify(shorter);
    expect(log?.entries).toBe(desk.device.state.accepted.size - 1);
  });
});
