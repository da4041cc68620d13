/** `latchkey device join`: the new device's side of a pairing, then its copy of the vault. */
import { existsSync } from "node:fs";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceJoinSpec } from "../cli/specs/device.ts";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import { joinDevice } from "../host/join-device.ts";
import { systemRandom } from "../host/vault-host.ts";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { type JsonObject, renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { countOf, textOf } from "./facts.ts";
import { chooseDeviceName, choosePassphrase, namePlatform } from "./new-device.ts";
import { describeProbation, type ProbationData } from "./probation-text.ts";
import { readPasted, scanPicture } from "./read-code.ts";
import { showInvitation, writeInvitationPicture } from "./show-invitation.ts";
import { withSession } from "./with-session.ts";

type Options = InputOf<typeof deviceJoinSpec>["options"];

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof deviceJoinSpec>,
): Promise<Outcome> {
  const { globals, signal } = context;
  refuseSeveral(options);
  const name = chooseDeviceName(options.name);
  // Before the invitation is used up or anything is asked.
  if (existsSync(globals.vault)) throw new VaultError("LK-PAIR-HAS-VAULT", `${globals.vault} exists already`);
  const door = await openDoor(context, options);
  const passphrase = await choosePassphrase(context, options.generate);
  const encoded = encodePassphrase(passphrase);
  try {
    await joinDevice({
      path: globals.vault,
      door,
      name,
      platform: namePlatform(process.platform),
      protector: createPassphraseProtector({ passphrase: encoded, random: systemRandom }),
      tell: (event) => tell(context, options, event),
      signal,
    });
  } finally {
    wipe(encoded);
  }
  return arrive(context, name, passphrase);
}

/** What the person brought from the other device, or where this one shows its own code. */
async function openDoor(context: CommandContext, options: Options): Promise<JoinDoor> {
  if (options["show-qr"] || options["qr-file"] !== undefined)
    return { kind: "request", relay: await readMeetingPlace(context, options) };
  if (options.words) {
    const relay = await readMeetingPlace(context, options);
    const question = "number and words that the other device shows (4719-copper-violin):";
    return { kind: "words", relay, text: await readPasted(context, question, "number and words") };
  }
  const text =
    options.scan === undefined
      ? await readPasted(
          context,
          "paste the invitation from the other device (it is not shown):",
          "invitation",
        )
      : scanPicture(options.scan);
  return { kind: "invitation", text };
}

async function readMeetingPlace(context: CommandContext, { relay }: Options): Promise<string> {
  if (relay !== undefined) return relay;
  return context.prompter.askLine("address of the vault's mailbox, as the other device names it:");
}

function refuseSeveral(options: Options): void {
  const doors = [
    options.paste && "--paste",
    options.scan !== undefined && "--scan",
    options.words && "--words",
    (options["show-qr"] || options["qr-file"] !== undefined) && "--show-qr or --qr-file",
  ].filter((door) => door !== false);
  if (doors.length > 1) throw new UsageError(`${doors.join(" and ")} exclude each other`);
}

function tell({ globals, terminal }: CommandContext, options: Options, event: JsonObject): void {
  if (event["event"] === "request") return showRequest({ globals, terminal }, options, event);
  if (globals.json !== null) return terminal.data(renderResult(event, []));
  if (event["event"] === "copying") return terminal.say("copying the vault …");
  if (event["event"] !== "code") return undefined;
  terminal.say(`joining the vault ${textOf(event["vault"])}`);
  return terminal.data(
    `\ntype this code on the other device:\n\n    ${terminal.style("bold", textOf(event["code"]))}\n`,
  );
}

function showRequest(
  { globals, terminal }: Pick<CommandContext, "globals" | "terminal">,
  options: Options,
  event: JsonObject,
): void {
  const text = textOf(event["text"]);
  const picture = options["qr-file"] === undefined ? null : writeInvitationPicture(options["qr-file"], text);
  if (globals.json !== null) return terminal.data(renderResult({ ...event, picture }, []));
  if (picture !== null) terminal.data(picture);
  if (options["show-qr"])
    showInvitation(text, { print: (shown) => terminal.data(shown), invert: options.invert });
  return terminal.say("on the other device choose to add a device, then scan or paste this code");
}

/** Fetches what was written since the snapshot. A relay that cannot be reached only delays that. */
async function arrive(context: CommandContext, name: string, passphrase: string): Promise<Outcome> {
  const onAsk = ({ kind }: { readonly kind: string }): Promise<string> | null =>
    kind === "passphrase" ? Promise.resolve(passphrase) : null;
  return withSession(
    context,
    async (session) => {
      const { passkeys, complete, probation } = await session.call("device.arrive", {}, { onAsk });
      const count = countOf(Number(passkeys), "passkey");
      context.terminal.say(
        complete === true
          ? `${name} now holds a full copy: ${count}`
          : `${name} holds ${count}; latchkey up fetches the rest when a relay can be reached`,
      );
      const onProbation = (probation ?? null) as unknown as ProbationData | null;
      if (onProbation !== null) context.terminal.say(`it is ${describeProbation(onProbation)}`);
      const { vault } = context.globals;
      const data = { vault, device: name, passkeys: passkeys ?? 0, complete: complete === true };
      return { data: { ...data, probation: probation ?? null } };
    },
    { withRelays: true },
  );
}
