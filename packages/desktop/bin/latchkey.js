#!/usr/bin/env node
/**
 * The program `latchkey`. Plain JavaScript that old versions of Node can read, so that it can say which one is needed; everything else
 * is TypeScript, whose types Node strips while loading.
 */
import { lstatSync, mkdirSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** node:crypto has Argon2 since 24.7; the version that is tested is 24.21. */
const NEEDED = [24, 21];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `latchkey: error: this is Node ${process.versions.node}, Latchkey needs ${NEEDED.join(".")} or later\n` +
      "latchkey: hint: install a newer Node, or run it as npm run latchkey, which brings its own\n",
  );
  process.exit(1);
}

enableCompileCache();
const { startProcess } = await import("../src/cli/process.ts");
await startProcess();

/**
 * Keeps compiled code between runs. Node's own default is a folder in the shared temporary one, where another user could leave code
 * for us to run; so it is a folder that is ours alone, or none.
 */
function enableCompileCache() {
  const base =
    process.platform === "win32"
      ? process.env["LOCALAPPDATA"]
      : process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  if (!base) return;
  try {
    const folder = join(base, "latchkey", "compiled");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return;
    module.enableCompileCache(folder);
  } catch {
    // Only slower without it.
  }
}
