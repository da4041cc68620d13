/** `latchkey browser status`: what is registered, and what the extensions that run now say of themselves. */
import { existsSync } from "node:fs";
import type { Standing } from "@latchkey/browser-extension/host-message";
import { extensionIn, filesFolderOf, launcherIn } from "../browser/host-files.ts";
import { listRegisters, type Register } from "../browser/registration.ts";
import { listStandings } from "../browser/running-extensions.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { browserStatusSpec } from "../cli/specs/browser.ts";
import { titleOf } from "./browser-install.ts";

/** `other`: for another vault or another copy of Latchkey. */
export type Registration = "registered" | "other" | "broken" | "missing";

export const STANDING_TEXTS: Readonly<Record<Standing, string>> = {
  starting: "it is looking for Latchkey",
  answering: "it answers websites",
  off: "it is switched off in its window",
  aside: "it stays out of it for a minute",
  "other-extension": "it cannot answer: another extension answers passkey requests in that browser",
  missing: "it cannot answer: the browser does not know of Latchkey",
  failed: "it cannot answer: Latchkey cannot be started",
  "no-vault": "it cannot answer: there is no vault yet",
  "system-provider": "it stays off: Windows itself offers these passkeys",
  "other-version": "it cannot answer: it is of another version",
};

export async function run(
  { globals, env }: CommandContext,
  { options }: InputOf<typeof browserStatusSpec>,
): Promise<Outcome> {
  const folder = filesFolderOf(globals.vault);
  const browsers = listRegisters(folder, env, options["user-data-dir"]).map((register) => ({
    browser: register.browser,
    found: register.isThere(),
    registration: readRegistration(register, launcherIn(folder)),
  }));
  const extensions = listStandings(folder);
  return {
    data: { browsers, extension: extensionIn(folder), extensions: [...extensions] },
    text: () =>
      [
        ...browsers.map(
          ({ browser, found, registration }) =>
            `${titleOf(browser)}: ${found ? "" : "not found, "}${TEXTS[registration]}`,
        ),
        ...(extensions.length === 0
          ? ["no browser with the extension runs now"]
          : extensions.map((standing) => `a browser with the extension runs: ${STANDING_TEXTS[standing]}`)),
      ].join("\n"),
  };
}

const TEXTS: Readonly<Record<Registration, string>> = {
  registered: "Latchkey is registered",
  other: "another copy of Latchkey, or another vault, is registered",
  broken: "what is registered is broken",
  missing: "Latchkey is not registered",
};

export function readRegistration(register: Register, launcher: string): Registration {
  const manifest = register.read();
  if (manifest === null) return "missing";
  if (manifest === "broken") return "broken";
  if (manifest.path !== launcher) return existsSync(manifest.path) ? "other" : "broken";
  return existsSync(launcher) ? "registered" : "broken";
}
