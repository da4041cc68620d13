/**
 * The named pipe of a host on Windows. Pipe names are shared by all users of a machine, and whoever comes first has the name: a name that
 * can be guessed could be another user's trap for a passphrase. So each host draws one at random and writes it into `<vault>.control`,
 * which lies with the vault in the person's own profile.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { encodeHex } from "@latchkey/core/bytes/text";
import type { Random } from "@latchkey/core/ports";

const NAME_BYTES = 16;
const PIPE_NAME = /^\\\\\.\\pipe\\latchkey-[0-9a-f]{32}$/;

export function makePipeName(random: Random): string {
  return `\\\\.\\pipe\\latchkey-${encodeHex(random(NAME_BYTES))}`;
}

export function writePipeName(path: string, name: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, name, { mode: 0o600, flag: "wx" });
}

/** `null` when there is no such file, or nothing in it that we would have written. */
export function readPipeName(path: string): string | null {
  try {
    const name = readFileSync(path, "latin1");
    return PIPE_NAME.test(name) ? name : null;
  } catch {
    return null;
  }
}
