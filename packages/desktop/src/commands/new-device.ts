/** What a person chooses for a device that is being made, by `latchkey init` or `latchkey device join`: its name and its passphrase. */
import { hostname } from "node:os";
import { MAX_DEVICE_NAME } from "@latchkey/core/membership/member-record";
import type { CommandContext } from "../cli/context.ts";
import { makePassphrase } from "@latchkey/device-host/key-protection/generate";
import { systemRandom } from "../host/vault-host.ts";
import { UsageError } from "../terminal/usage-error.ts";

const SYSTEMS: Readonly<Record<string, string>> = { win32: "Windows", darwin: "macOS", linux: "Linux" };

/** The system's name, as the other devices show it. */
export const namePlatform = (platform: NodeJS.Platform): string => SYSTEMS[platform] ?? platform;

/** The name given, or the machine's. */
export function chooseDeviceName(given: string | undefined): string {
  if (given === undefined) return hostname().slice(0, MAX_DEVICE_NAME) || "this device";
  const name = given.trim();
  if (name === "") throw new UsageError("--name is empty");
  if (name.length > MAX_DEVICE_NAME)
    throw new UsageError(`--name has ${name.length} characters, limit ${MAX_DEVICE_NAME}`);
  return name;
}

/**
 * A passphrase: as it is from where the options say, else from the terminal, typed twice or made of six words. `generate`: made at once.
 * Throws `LK-CLI-NO-INPUT` where nobody can be asked.
 */
export async function choosePassphrase(context: CommandContext, generate: boolean): Promise<string> {
  const { globals } = context;
  if (globals.passphraseFd !== null) {
    if (generate) throw new UsageError("--generate shows the passphrase: give none with an option");
    return context.readPassphrase("new passphrase:");
  }
  const typed = generate ? "" : await typeNewPassphrase(context);
  return typed === "" ? makeAndShowPassphrase(context) : typed;
}

/** The same twice; empty when one is to be made. */
async function typeNewPassphrase({ prompter, terminal }: CommandContext): Promise<string> {
  for (;;) {
    const typed = await prompter.askPassphrase("new passphrase (empty: six words are made for you):");
    if (typed === "" || (await prompter.askPassphrase("the same again:")) === typed) return typed;
    terminal.say("the two are not the same; once more");
  }
}

/** Shown at the terminal itself, in a question, so that it gets into no file to which standard error may go. */
async function makeAndShowPassphrase({ prompter, terminal }: CommandContext): Promise<string> {
  const passphrase = await makePassphrase(systemRandom);
  await prompter.askLine(`your passphrase is: ${passphrase} - write it down, then press Enter:`);
  while ((await prompter.askPassphrase("type it now:")).trim() !== passphrase) {
    terminal.say("that is not the one that was shown; once more");
  }
  return passphrase;
}
