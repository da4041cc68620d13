/**
 * A device's log as a file (`core/archive`): written beside under another name, synced, read back and verified, and only then given its name.
 * So whatever has the name is whole. For the owner's eyes only, though it is sealed: its size tells how much there is.
 */
import { existsSync, realpathSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Device } from "@latchkey/core/device/device";
import { exportLog, verifyExport } from "@latchkey/core/device/export-log";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "../terminal/json.ts";
import { syncFolder } from "../vault-file/private-file.ts";

const OWNER_ONLY = 0o600;
/** Read back in pieces of so many bytes. */
const PIECE_BYTES = 262_144;

/** Throws `LK-EXPORT-FILE` where it cannot be written or has a file already, and what `exportLog` and `verifyExport` throw. */
export async function exportLogTo(device: Device, path: string): Promise<JsonObject> {
  const folder = folderOf(path);
  if (existsSync(path)) throw new VaultError("LK-EXPORT-FILE", `${path} exists already`);
  const unfinished = join(folder, `.${basename(path)}.unfinished`);
  try {
    await rm(unfinished, { force: true });
    const bytes = await write(unfinished, exportLog(device));
    const logs = await verifyExport(device, read(unfinished));
    await nameFinished(unfinished, path);
    syncFolder(folder);
    const entries = logs.reduce((sum, log) => sum + log.entries, 0);
    return { file: path, bytes, epochs: logs.length, entries, verified: true };
  } finally {
    await rm(unfinished, { force: true });
  }
}

function folderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch (error) {
    throw new VaultError("LK-EXPORT-FILE", `there is no folder ${dirname(path)}`, { cause: error });
  }
}

async function write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await withErrors(path, open(path, "wx", OWNER_ONLY));
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      // `writeFile` on a handle goes on where the last one ended, and writes all of it.
      await withErrors(path, file.writeFile(piece));
      bytes += piece.length;
    }
    await withErrors(path, file.sync());
  } finally {
    await file.close();
  }
  return bytes;
}

async function* read(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await withErrors(path, open(path, "r"));
  try {
    for (;;) {
      const { bytesRead, buffer } = await withErrors(path, file.read(new Uint8Array(PIECE_BYTES)));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** File systems without hard links, as on most memory sticks. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** A hard link never replaces what got the name meanwhile, as a rename would. */
async function nameFinished(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw failed(path, error);
    if (existsSync(path)) throw failed(path, { code: "EEXIST" });
    await rename(unfinished, path).catch((fault: unknown) => Promise.reject(failed(path, fault)));
  }
}

async function withErrors<T>(path: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    throw failed(path, error);
  }
}

const failed = (path: string, error: unknown): VaultError =>
  new VaultError("LK-EXPORT-FILE", `${path}: ${(error as NodeJS.ErrnoException).code ?? "failed"}`, {
    cause: error,
  });
