/** Fills the small file system at argv[2] with a vault's rows, and prints as JSON what it saw. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { createVaultFile, openVaultFile } from "../../src/vault-file/vault-file.ts";

const folder = process.argv[2] as string;
const path = join(folder, "vault");
const ballast = join(folder, "ballast");
writeFileSync(ballast, new Uint8Array(300_000));

let store = createVaultFile(path);
let written = 0;
let refused: unknown;
while (refused === undefined) {
  refused = await commitRow(store, written + 1);
  if (refused === undefined) written++;
}
const readable = await hasRows(store, written);
rmSync(ballast);
const afterFreeing =
  (await commitRow(store, written + 1)) === undefined && (await hasRows(store, written + 1));
await store.close();
store = openVaultFile(path);
const reopened = await hasRows(store, written + 1);
await store.close();

let filled = true;
for (let i = 0; filled; i++) {
  try {
    writeFileSync(join(folder, `filler-${i}`), new Uint8Array(4096));
  } catch {
    filled = false;
  }
}
let creating: unknown;
try {
  createVaultFile(join(folder, "second"));
} catch (error) {
  creating = (error as { code: unknown }).code;
}
const leftBehind = existsSync(join(folder, "second"));
console.log(
  JSON.stringify({ refused, committed: written > 0, readable, afterFreeing, reopened, creating, leftBehind }),
);

async function commitRow(to: DeviceStore, number: number): Promise<unknown> {
  try {
    await to.commit([
      { table: "entry", key: new Uint8Array([number]), value: new Uint8Array(20_000).fill(number) },
    ]);
    return undefined;
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}

async function hasRows(of: DeviceStore, count: number): Promise<boolean> {
  const rows = await of.scan("entry");
  return rows.length === count && rows.every(({ key, value }) => value?.every((byte) => byte === key[0]));
}
