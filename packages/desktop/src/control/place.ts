/**
 * Where the control socket of a vault is, and that nobody else can reach or replace it.
 *
 * On POSIX: beside the vault as `<vault>.sock` when its folder is the owner's alone and the path is short enough for a socket; else
 * `latchkey/<hash of the vault's path>.sock` in `XDG_RUNTIME_DIR`, or `latchkey-<user id>/…` in the temporary folder. The folder is the
 * owner's, 0700; the socket 0600. On Windows a socket cannot be a file: see `pipe-name.ts`.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { VaultError } from "@latchkey/core/errors";

/** Bytes of `sun_path` that a path may take: 108 on Linux, 104 on macOS and the BSDs, one of them for the end. */
const MAX_SOCKET_PATH_BYTES = process.platform === "linux" ? 107 : 103;
const OTHERS = 0o077;
const OWNER_ONLY_FOLDER = 0o700;

/** The same for host and commands, as long as they share the environment; makes nothing. */
export function deriveControlPath(
  vaultPath: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const vault = resolveLinks(vaultPath);
  if (process.platform === "win32") return `${vault}.control`;
  const beside = `${vault}.sock`;
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH_BYTES && isOwnersAlone(dirname(beside))) return beside;
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  const folder = isAbsolute(runtime)
    ? join(runtime, "latchkey")
    : join(tmpdir(), `latchkey-${process.getuid?.()}`);
  return join(folder, `${createHash("sha256").update(vault).digest("hex").slice(0, 32)}.sock`);
}

/** Makes the folder of a socket where it is missing. Throws `LK-CLI-HOST` unless it is the owner's alone. */
export function prepareFolder(socketPath: string): void {
  mkdirSync(dirname(socketPath), { recursive: true, mode: OWNER_ONLY_FOLDER });
  checkFolder(socketPath);
}

/** Throws `LK-CLI-HOST` when somebody else could have put a socket there. */
export function checkFolder(socketPath: string): void {
  if (process.platform === "win32" || isOwnersAlone(dirname(socketPath))) return;
  throw new VaultError("LK-CLI-HOST", `folder ${dirname(socketPath)} can be used by others`);
}

function isOwnersAlone(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return (
    stat !== undefined && stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & OTHERS) === 0
  );
}

/** Two names of one vault have one socket. A vault that is not there yet has the true path of its folder, if that is. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch {
      return path;
    }
  }
}
