/**
 * Opens the person's browser at an address that lets in. Command lines can be read by other users of the machine, so the browser is given
 * a file that only the owner can read, which leads on; it is deleted when the address is worth nothing any more (experience.md § 12).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A launch token's life. */
const FILE_MS = 60_000;

/** `folder`: one that is the owner's alone. `false` when this machine shows no browser; then the address is there to be read. */
export function openBrowser(
  address: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const opener = chooseOpener(env);
  if (opener === null) return false;
  const place = mkdtempSync(join(folder, "open-"));
  const file = join(place, "latchkey.html");
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${address}">`, {
    mode: 0o600,
  });
  const remove = (): void => rmSync(place, { recursive: true, force: true });
  setTimeout(remove, FILE_MS).unref();
  process.once("exit", remove);
  const child = spawn(opener[0], [...opener[1], pathToFileURL(file).href], {
    stdio: "ignore",
    detached: true,
  });
  child.on("error", remove);
  child.unref();
  return true;
}

/** The program that shows an address, and its arguments before that. `null` when this machine shows no browser. */
export function chooseOpener(
  env: Readonly<Record<string, string | undefined>>,
): readonly [program: string, arguments_: readonly string[]] | null {
  switch (process.platform) {
    case "win32":
      return ["rundll32.exe", ["url.dll,FileProtocolHandler"]];
    case "darwin":
      return ["open", []];
    default:
      return env["DISPLAY"] === undefined && env["WAYLAND_DISPLAY"] === undefined ? null : ["xdg-open", []];
  }
}
