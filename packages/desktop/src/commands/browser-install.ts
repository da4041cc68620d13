/** `latchkey browser install`: the extension into a folder, the native messaging host into the browsers' registers. */
import { BROWSER_TITLES } from "../browser/browsers.ts";
import { extensionIn, filesFolderOf, launcherIn } from "../browser/host-files.ts";
import { writeOwnFiles } from "../browser/install.ts";
import { listRegisters } from "../browser/registration.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { browserInstallSpec } from "../cli/specs/browser.ts";

export async function run(
  { globals, env, system }: CommandContext,
  { positionals, options }: InputOf<typeof browserInstallSpec>,
): Promise<Outcome> {
  const folder = filesFolderOf(globals.vault);
  const registers = listRegisters(folder, env, options["user-data-dir"]);
  const wanted = registers.filter((register) =>
    positionals.browser === undefined ? register.isThere() : register.browser === positionals.browser,
  );
  await writeOwnFiles(globals.vault);
  for (const register of wanted) register.write(launcherIn(folder));
  const extension = extensionIn(folder);
  const isWindowsOn = system?.registration.read() === "enabled";
  return {
    data: {
      extension,
      registered: wanted.map(({ browser, place }) => ({ browser, place })),
      systemProvider: isWindowsOn,
    },
    text: () =>
      [
        ...(wanted.length === 0
          ? ["no browser of this user was found; name one: latchkey browser install chromium"]
          : wanted.map(({ browser, place }) => `registered with ${titleOf(browser)}: ${place}`)),
        "",
        "load the extension once in each browser:",
        "  1. open its page of extensions: chrome://extensions, edge://extensions or brave://extensions",
        "  2. switch developer mode on",
        `  3. choose "Load unpacked" and this folder: ${extension}`,
        ...(isWindowsOn
          ? ["", "Windows itself offers these passkeys already: the extension stays off, and says so"]
          : []),
      ].join("\n"),
  };
}

export const titleOf = (browser: keyof typeof BROWSER_TITLES | "folder"): string =>
  browser === "folder" ? "the browser of this folder" : BROWSER_TITLES[browser];
