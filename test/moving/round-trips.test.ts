/** Vaults that nobody thought of, with real files: whatever a passkey holds goes in, out as CXF and in again the same; the other formats keep what they carry. */
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { listExportable, openExportItem } from "@latchkey/core/device/export-passkeys";
import { beginImport, listImports, undoImport } from "@latchkey/core/device/import-batches";
import { importPasskeys, knownPasskeys } from "@latchkey/core/device/import-passkeys";
import { rootOf, wipeTier } from "@latchkey/core/device/tiers";
import type { ExportItem } from "@latchkey/core/exchange/export-item";
import type { ImportItem } from "@latchkey/core/exchange/import-item";
import { writeBitwarden } from "@latchkey/core/exchange/write-bitwarden";
import { writeCxf } from "@latchkey/core/exchange/write-cxf";
import { writePasskeyFile } from "@latchkey/core/exchange/write-passkey-file";
import { deriveSecretKey } from "@latchkey/core/membership/epoch";
import { foundHost, makeFolder, withPassphrase } from "@latchkey/desktop/test/hosts";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { examineJson, random } from "./examine-file.ts";

const RUNS = process.env["SLOW"] ? 40 : 3;
const NOW = Date.parse("2026-12-01T00:00:00Z");

const KEYS = [
  () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  () => generateKeyPairSync("ed25519"),
  () => generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
];
const ALGORITHMS = [-7, -8, -35] as const;
const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength });
const name = fc.string({ unit: "grapheme", maxLength: 80 });

const passkey = fc
  .record({
    credentialId: fc.oneof(bytes(16), bytes(1, 200)),
    rpId: fc.domain(),
    userHandle: bytes(0, 64),
    kind: fc.nat(2),
    backupEligible: fc.boolean(),
    backedUp: fc.boolean(),
    discoverable: fc.boolean(),
    protection: fc.constantFrom(1 as const, 2 as const, 3 as const),
    createdAt: fc.integer({ min: 1_000_000_000_000, max: NOW }),
    seeds: fc.option(bytes(64)),
    credBlob: fc.option(bytes(1, 200)),
    blob: fc.option(bytes(0, 9_000)),
    names: fc.tuple(name, name),
    note: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 2_000 })),
    title: fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
    tags: fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), { maxLength: 4 }),
    favourite: fc.boolean(),
    counter: fc.option(fc.nat()),
    unknown: fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.jsonValue(), { maxKeys: 3 }),
  })
  .map(({ kind, seeds, blob, names, note, tags, title, counter, unknown, ...rest }): ImportItem => {
    const privateKey = new Uint8Array(KEYS[kind]!().privateKey.export({ type: "pkcs8", format: "der" }));
    const registers = new Map<string, string | boolean>([
      ["title", title],
      ["name", names[0]],
      ["display-name", names[1]],
      ...(note === null ? [] : [["note", note] as const]),
      ...(rest.favourite ? [["favourite", true] as const] : []),
      ...tags.map((tag) => [`tag/${tag}`, true] as const),
    ]);
    const reserved = new Set(["type", "key", "rpId", "__proto__", "fido2Extensions"]);
    const kept = Object.fromEntries(
      Object.entries(JSON.parse(JSON.stringify(unknown)) as object).filter(([each]) => !reserved.has(each)),
    );
    return {
      ...rest,
      backedUp: rest.backedUp && rest.backupEligible,
      discoverable: rest.discoverable && rest.userHandle.length > 0,
      algorithm: ALGORITHMS[kind]!,
      publicKey: new Uint8Array(0),
      privateKey,
      prfSeeds: seeds,
      largeBlob: blob && { blob: new Uint8Array(deflateRawSync(blob)), originalSize: blob.length },
      registers,
      isBackFromTrash: false,
      provenance: {
        format: "cxf-header",
        ...(counter === null ? {} : { counter }),
        ...(Object.keys(kept).length === 0 ? {} : { unknown: kept }),
      },
    };
  });
const passkeys = fc.uniqueArray(passkey, {
  minLength: 1,
  maxLength: 12,
  selector: ({ credentialId }) => Buffer.from(credentialId).toString("hex"),
});

/** What there is of a passkey, in a form that compares. */
const plain = (item: ExportItem) => ({
  ...item,
  ...Object.fromEntries(
    Object.entries(item).flatMap(([field, value]) =>
      value instanceof Uint8Array ? [[field, Buffer.from(value).toString("hex")]] : [],
    ),
  ),
  largeBlob: item.largeBlob && Buffer.from(item.largeBlob.blob).toString("hex"),
  provenance: { ...item.provenance, format: "", exporter: "" },
});

interface Held {
  readonly items: readonly ExportItem[];
  readonly undone: number;
}

/** Takes the passkeys into a fresh vault file; gives what an export of it holds, once before and after its keys were changed. */
async function holdIn(items: readonly ImportItem[]): Promise<Held> {
  const folder = makeFolder();
  const host = await foundHost(join(folder.path, "v.latchkey"), "Desk", []);
  const signing = await host.openSigning(withPassphrase(), "test");
  try {
    const device = await host.device();
    const secretKey = deriveSecretKey(rootOf(signing, device.context.epoch.logId));
    const batch = await beginImport(device, "test", items.length);
    await importPasskeys(device, secretKey, batch, items, { rest: async () => {} });
    expect(knownPasskeys(device).isErased("nothing" as never)).toBe(false);
    const held = listExportable(device).map((each) =>
      openExportItem(device, secretKey, each, device.deps.crypto),
    );
    expect(listImports(device)).toMatchObject([{ id: batch, planned: items.length, canUndo: true }]);
    const undone = await undoImport(device, null);
    expect(listExportable(device)).toEqual([]);
    expect(listImports(device)).toEqual([]);
    return { items: held.filter((item) => item !== null), undone: undone.present.length };
  } finally {
    wipeTier(signing);
    await host.close();
    folder.remove();
  }
}

test("an import can be undone for 24 hours, and no longer", async () => {
  const folder = makeFolder();
  const host = await foundHost(join(folder.path, "v.latchkey"), "Desk", []);
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    await host.unlock(withPassphrase());
    const device = await host.device();
    await beginImport(device, "test", 0);
    vi.advanceTimersByTime(24 * 60 * 60 * 1000 - 1);
    expect(listImports(device)).toMatchObject([{ canUndo: true }]);
    vi.advanceTimersByTime(1);
    expect(listImports(device)).toMatchObject([{ canUndo: false }]);
    await expect(undoImport(device, null)).rejects.toMatchObject({ code: "LK-IMPORT-BATCH" });
    // A month later the next import forgets it.
    vi.advanceTimersByTime(30 * 24 * 60 * 60 * 1000);
    await beginImport(device, "test", 0);
    expect(listImports(device)).toHaveLength(1);
  } finally {
    vi.useRealTimers();
    await host.close();
    folder.remove();
  }
});

const reexamine = async (file: unknown): Promise<readonly ImportItem[]> => {
  const { examined } = await examineJson(file, { now: NOW, random });
  expect(examined.filter(({ item }) => item === null).map(({ row }) => row)).toEqual([]);
  return examined.map(({ item }) => item!);
};

/** The generated ones have no public key: what comes out of a first way through CXF has. */
const prepare = async (made: readonly ImportItem[]): Promise<readonly ImportItem[]> => {
  const facts = made.map((item): ExportItem => {
    const text = (register: string): string | null =>
      (item.registers.get(register) as string | undefined) ?? null;
    return {
      ...item,
      title: text("title"),
      userName: text("name"),
      userDisplayName: text("display-name"),
      note: text("note"),
      tags: [...item.registers.keys()].flatMap((each) => (each.startsWith("tag/") ? [each.slice(4)] : [])),
      favourite: item.registers.get("favourite") === true,
      hasPrf: item.prfSeeds !== null,
      hasCredBlob: item.credBlob !== null,
      hasLargeBlob: item.largeBlob !== null,
    };
  });
  return reexamine(writeCxf(facts, NOW));
};

test("a vault goes out as CXF and into another, the same in every field", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(passkeys, async (made) => {
      const items = await prepare(made);
      const copies = items.map((item) => ({ ...item, privateKey: item.privateKey.slice() }));
      const first = await holdIn(items);
      expect(first.undone).toBe(made.length);
      expect(first.items.map(({ privateKey }) => Buffer.from(privateKey).toString("hex")).sort()).toEqual(
        copies.map(({ privateKey }) => Buffer.from(privateKey).toString("hex")).sort(),
      );
      const second = await holdIn(await reexamine(writeCxf(first.items, NOW)));
      expect(second.items.map(plain)).toEqual(first.items.map(plain));
    }),
    { numRuns: RUNS },
  );
});

test("Bitwarden and .passkey keep what they carry", async () => {
  await fc.assert(
    fc.asyncProperty(passkeys, async (made) => {
      const { items } = await holdIn(await prepare(made));
      const es256 = items.filter(({ algorithm }) => algorithm === -7);
      const back = await reexamine(writeBitwarden(es256));
      expect(back.map((item) => pick(item))).toEqual(es256.map((item) => pick(item)));
      for (const item of items.filter(({ userHandle }) => userHandle.length > 0)) {
        const [alone] = await reexamine(JSON.parse(writePasskeyFile(item)));
        const { discoverable: _, createdAt: __, ...carried } = pick(item);
        expect(pick(alone!)).toMatchObject(carried);
      }
    }),
    { numRuns: RUNS },
  );
});

const pick = ({
  credentialId,
  rpId,
  userHandle,
  algorithm,
  privateKey,
  ...rest
}: ExportItem | ImportItem) => ({
  rpId,
  algorithm,
  discoverable: rest.discoverable,
  createdAt: rest.createdAt,
  bytes: [credentialId, userHandle, privateKey].map((each) => Buffer.from(each).toString("hex")),
});
