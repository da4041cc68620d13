/** Our own files for browsers, in one folder beside the vault: the launcher of the native messaging host, and the extension to load. */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildExtension } from "@latchkey/browser-extension/build";
import { VaultError } from "@latchkey/core/errors";
import { extensionIn, filesFolderOf, launcherIn, renderLauncher } from "./host-files.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/browser-host.js");

/** Writes both, anew each time. Throws `LK-BROWSER-FILES`. */
export async function writeOwnFiles(vault: string): Promise<void> {
  const folder = filesFolderOf(vault);
  const launcher = launcherIn(folder);
  if (!existsSync(PROGRAM)) throw new VaultError("LK-BROWSER-FILES", `${PROGRAM} is not there`);
  const built = await buildExtension();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(
      launcher,
      renderLauncher(process.platform, { node: process.execPath, program: PROGRAM, vault }),
    );
    chmodSync(launcher, 0o700);
    rmSync(extensionIn(folder), { recursive: true, force: true });
    cpSync(built, extensionIn(folder), { recursive: true });
  } catch (error) {
    throw new VaultError("LK-BROWSER-FILES", `${folder}: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}

export function removeOwnFiles(vault: string): void {
  rmSync(filesFolderOf(vault), { recursive: true, force: true });
}
