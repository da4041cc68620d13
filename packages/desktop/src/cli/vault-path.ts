/** Where the vault is when `--vault` does not say: `LATCHKEY_VAULT`, else the place that each system has for a person's own data. */
import { homedir } from "node:os";
import { posix, resolve, win32 } from "node:path";

const FILE_NAME = "vault.latchkey";

type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute path. An empty variable is as good as none. */
export function resolveVaultPath(given: string | undefined, env: Environment): string {
  return resolve(
    given ?? (env["LATCHKEY_VAULT"] || deriveDefaultVaultPath(process.platform, env, homedir())),
  );
}

/**
 * `$XDG_DATA_HOME/latchkey` (XDG base directories: an unset, empty or relative one means `~/.local/share`),
 * `%LOCALAPPDATA%\Latchkey`: of this machine alone, so that no roaming profile copies a vault that is open elsewhere; or
 * `~/Library/Application Support/Latchkey`.
 */
export function deriveDefaultVaultPath(platform: NodeJS.Platform, env: Environment, home: string): string {
  if (platform === "win32") {
    const base = env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local");
    return win32.join(base, "Latchkey", FILE_NAME);
  }
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Latchkey", FILE_NAME);
  const dataHome = env["XDG_DATA_HOME"] ?? "";
  const base = posix.isAbsolute(dataHome) ? dataHome : posix.join(home, ".local", "share");
  return posix.join(base, "latchkey", FILE_NAME);
}
