/** Checks of the way from a browser to the vault: registers, the program that the browser starts, what the extension says of itself. */
import { existsSync } from "node:fs";
import type { HostState } from "@latchkey/browser-extension/host-message";
import { filesFolderOf, launcherIn } from "../../browser/host-files.ts";
import { listRegisters } from "../../browser/registration.ts";
import { listStandings } from "../../browser/running-extensions.ts";
import { tryLauncher } from "../../browser/try-launcher.ts";
import type { CommandContext } from "../../cli/context.ts";
import { titleOf } from "../browser-install.ts";
import { readRegistration, STANDING_TEXTS } from "../browser-status.ts";
import { type Check, makeCheck, skipCheck } from "./check.ts";

const INSTALL = "run latchkey browser install";

const STATES: Readonly<Record<HostState, readonly [text: string, hint: string]>> = {
  ready: ["the program that browsers start answers, and has a vault", ""],
  "no-vault": ["there is no vault for websites to use", "make one with latchkey init, or in the app"],
  "system-provider": ["Windows itself offers these passkeys: the extension stays off", ""],
  failed: ["the program that browsers start cannot reach the vault", "see latchkey doctor, then try again"],
};

export async function checkBrowser({ globals, env }: CommandContext): Promise<readonly Check[]> {
  const folder = filesFolderOf(globals.vault);
  const launcher = launcherIn(folder);
  const found = listRegisters(folder, env).filter(
    (register) => register.isThere() || register.read() !== null,
  );
  const registers =
    found.length === 0
      ? [skipCheck("browser-registered", "no browser of this user was found")]
      : found.map((register) => {
          const registration = readRegistration(register, launcher);
          const title = titleOf(register.browser);
          return makeCheck(
            "browser-registered",
            registration === "registered",
            registration === "registered"
              ? `Latchkey is registered with ${title}`
              : `${title}: ${registration === "missing" ? "Latchkey is not registered" : registration === "other" ? "another copy of Latchkey, or another vault, is registered" : "what is registered is broken"}`,
            INSTALL,
          );
        });
  return [
    ...registers,
    await checkLauncher(launcher),
    ...checkExtensions(folder),
    skipCheck(
      "browser-autofill",
      "passkeys in the username field (conditional mediation) cannot work: browsers hand no such request to extensions",
    ),
  ];
}

async function checkLauncher(launcher: string): Promise<Check> {
  if (!existsSync(launcher))
    return makeCheck("browser-host", false, "the program that browsers start is not installed", INSTALL);
  const state = await tryLauncher(launcher);
  if (state === null)
    return makeCheck("browser-host", false, "the program that browsers start does not answer", INSTALL);
  const [text, hint] = STATES[state];
  return makeCheck("browser-host", state === "ready" || state === "system-provider", text, hint);
}

function checkExtensions(folder: string): readonly Check[] {
  const standings = listStandings(folder);
  if (standings.length === 0)
    return [
      skipCheck("browser-extension", "no browser with the extension runs now: load it, and look again"),
    ];
  return standings.map((standing) =>
    makeCheck(
      "browser-extension",
      !standing.startsWith("other") && standing !== "failed" && standing !== "missing",
      `a browser with the extension runs: ${STANDING_TEXTS[standing]}`,
      standing === "other-extension"
        ? "switch the passkeys of the other extension off in its settings, or remove it; then look again in Latchkey's window"
        : `${INSTALL}, and reload the extension`,
    ),
  );
}
