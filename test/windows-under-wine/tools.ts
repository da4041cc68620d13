/**
 * What the Windows suite needs from the machine: Wine and a C compiler for Windows, from Debian's packages. Without them the suite is
 * skipped with a warning that says what to install; on a build machine (`CI=true`) that is an error.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PACKAGES = "wine wine64 mingw-w64-tools gcc-mingw-w64-x86-64-posix";
/** Debian keeps Wine's programs out of the path; `/usr/bin/wine` is a script that asks for a 32-bit Wine. */
export const WINE_FOLDER = "/usr/lib/wine";

export const TOOLS = {
  wine: "wine64",
  wineServer: "wineserver",
  idlCompiler: "x86_64-w64-mingw32-widl",
  compiler: "x86_64-w64-mingw32-gcc-posix",
} as const;

function isInstalled(program: string): boolean {
  const folders = [WINE_FOLDER, ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether the suite can run here. Says so where it cannot, and throws where it must. */
export function hasWine(): boolean {
  const missing =
    process.arch === "x64" ? Object.values(TOOLS).filter((tool) => !isInstalled(tool)) : ["x64"];
  if (missing.length === 0) return true;
  const text = `the Windows suite needs ${missing.join(", ")}: apt-get install --no-install-recommends ${PACKAGES}`;
  if (process.env["CI"] === "true") throw new Error(text);
  process.stderr.write(`WARNING: ${text}\n`);
  return false;
}
