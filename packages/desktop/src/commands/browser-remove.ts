/** `latchkey browser remove`: out of the browsers' registers, and away with our own files for them. */
import { filesFolderOf } from "../browser/host-files.ts";
import { removeOwnFiles } from "../browser/install.ts";
import { listRegisters } from "../browser/registration.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { browserRemoveSpec } from "../cli/specs/browser.ts";
import { titleOf } from "./browser-install.ts";

export async function run(
  { globals, env }: CommandContext,
  { options }: InputOf<typeof browserRemoveSpec>,
): Promise<Outcome> {
  const folder = filesFolderOf(globals.vault);
  const dataFolder = options["user-data-dir"];
  const there = listRegisters(folder, env, dataFolder).filter((register) => register.read() !== null);
  for (const register of there) register.remove();
  // Other browsers may need them still.
  if (dataFolder === undefined) removeOwnFiles(globals.vault);
  return {
    data: { removed: there.map(({ browser, place }) => ({ browser, place })) },
    text: () =>
      [
        ...(there.length === 0
          ? ["Latchkey was registered with no browser"]
          : there.map(({ browser, place }) => `no longer registered with ${titleOf(browser)}: ${place}`)),
        "remove the extension in the browser, on its page of extensions; your passkeys stay in the vault",
      ].join("\n"),
  };
}
