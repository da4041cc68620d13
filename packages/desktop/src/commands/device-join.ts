/** `latchkey device join`: the new device's side of a pairing, then its copy of the vault. */
import { existsSync, readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import { readLineFrom } from "../cli/passphrase-input.ts";
import type { deviceJoinSpec } from "../cli/specs/device.ts";
import { joinDevice } from "../host/join-device.ts";
import { systemRandom } from "../host/vault-host.ts";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { type JsonObject, renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { countOf, textOf } from "./facts.ts";
import { chooseDeviceName, choosePassphrase, namePlatform } from "./new-device.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof deviceJoinSpec>,
): Promise<Outcome> {
  const { globals, signal } = context;
  if (options.paste && options.scan !== undefined)
    throw new UsageError("--scan and --paste exclude each other");
  const name = chooseDeviceName(options.name);
  // Before the invitation is used up or anything is asked.
  if (existsSync(globals.vault)) throw new VaultError("LK-PAIR-HAS-VAULT", `${globals.vault} exists already`);
  const invitation =
    options.scan === undefined ? await readInvitation(context) : await scanInvitation(options.scan);
  const passphrase = await choosePassphrase(context, options.generate);
  const encoded = encodePassphrase(passphrase);
  try {
    await joinDevice({
      path: globals.vault,
      invitation,
      name,
      platform: namePlatform(process.platform),
      protector: createPassphraseProtector({ passphrase: encoded, random: systemRandom }),
      tell: (event) => tell(context, event),
      signal,
    });
  } finally {
    wipe(encoded);
  }
  return arrive(context, name, passphrase);
}

/** The line is a secret: never an argument, and not shown while it is pasted. */
async function readInvitation(context: CommandContext): Promise<string> {
  if (isatty(0) || context.globals.noInput) {
    return context.prompter.askPassphrase("paste the invitation from the other device (it is not shown):");
  }
  return readLineFrom(0, "invitation", context.signal);
}

async function scanInvitation(picture: string): Promise<string> {
  const { readQrPng } = await import("../qr/read-qr.ts");
  try {
    return readQrPng(readFileSync(picture));
  } catch (error) {
    if (error instanceof Error && "syscall" in error && "code" in error)
      throw new UsageError(`${picture} cannot be read: ${String(error.code)}`, "give --scan a PNG file");
    throw error;
  }
}

function tell({ globals, terminal }: CommandContext, event: JsonObject): void {
  if (globals.json !== null) return terminal.data(renderResult(event, []));
  if (event["event"] === "copying") return terminal.say("copying the vault …");
  if (event["event"] !== "code") return undefined;
  terminal.say(`joining the vault ${textOf(event["vault"])}`);
  return terminal.data(
    `\ntype this code on the other device:\n\n    ${terminal.style("bold", textOf(event["code"]))}\n`,
  );
}

/** Fetches what was written since the snapshot. A relay that cannot be reached only delays that. */
async function arrive(context: CommandContext, name: string, passphrase: string): Promise<Outcome> {
  const onAsk = ({ kind }: { readonly kind: string }): Promise<string> | null =>
    kind === "passphrase" ? Promise.resolve(passphrase) : null;
  return withSession(
    context,
    async (session) => {
      const { passkeys, complete } = await session.call("device.arrive", {}, { onAsk });
      const count = countOf(Number(passkeys), "passkey");
      context.terminal.say(
        complete === true
          ? `${name} now holds a full copy: ${count}`
          : `${name} holds ${count}; latchkey up fetches the rest when a relay can be reached`,
      );
      const { vault } = context.globals;
      return { data: { vault, device: name, passkeys: passkeys ?? 0, complete: complete === true } };
    },
    { withRelays: true },
  );
}
