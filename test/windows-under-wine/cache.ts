/**
 * Things that take long to make and depend on their sources alone, kept in the cache of the person under a hash of what they are made from.
 * A thing is made in a folder beside its own and renamed when it is whole: a run that was killed leaves nothing half. Two runs at a time
 * need a cache each, by XDG_CACHE_HOME: they would share one Wine.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const base = (): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "latchkey", "windows-under-wine");

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 16);
}

export const hashOfFiles = (files: readonly string[], ...parts: readonly string[]): string =>
  hashOf(...parts, ...files.map((file) => readFileSync(file)));

/** The folder `name-key`, made by `make` when it is not there. */
export async function cached(
  name: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(base(), `${name}-${key}`);
  if (existsSync(folder)) return folder;
  mkdirSync(base(), { recursive: true });
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another run may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
