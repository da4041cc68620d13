/** `latchkey device add`: the existing device's side of a pairing, at the terminal or line by line for a program. */
import { setTimeout } from "node:timers/promises";
import { VaultError } from "@latchkey/core/errors";
import { parseCode } from "@latchkey/core/pairing/code-text";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import { readLineFrom } from "../cli/passphrase-input.ts";
import type { deviceAddSpec } from "../cli/specs/device.ts";
import type { Session } from "../host/session.ts";
import { type JsonObject, renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { textOf } from "./facts.ts";
import { describeProbation, type ProbationData } from "./probation-text.ts";
import { readPasted, scanPicture } from "./read-code.ts";
import { showInvitation, writeInvitationPicture } from "./show-invitation.ts";
import { withSession } from "./with-session.ts";

/** Of a name that nobody can own (RFC 6761): until there is an app, a camera that opens the code reaches nobody. */
export const NO_APP = "https://latchkey.invalid";
/** How long a command that opened the file itself stays to bring the new device's record to a relay. */
const SETTLE_MS = 30_000;
const SETTLE_POLL_MS = 100;

type Options = InputOf<typeof deviceAddSpec>["options"];

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof deviceAddSpec>,
): Promise<Outcome> {
  const door = await openDoor(context, options);
  return withSession(
    context,
    async (session) => {
      const data = await session.call("device.add", door, {
        onTell: (event) => tell(context, options, event),
        onAsk: ({ kind, purpose }) =>
          kind === "code" ? readCode(context, options["code-stdin"], purpose) : null,
      });
      const delivered = session.hasHost || (await settle(context, session));
      context.terminal.say(
        delivered
          ? `${textOf(data["name"])} is a device of this vault now`
          : `${textOf(data["name"])} was added; latchkey up finishes it when a relay can be reached`,
      );
      const probation = data["probation"] as unknown as ProbationData | null;
      if (probation !== null) context.terminal.say(`it is ${describeProbation(probation)}`);
      return { data };
    },
    { withRelays: true },
  );
}

async function openDoor(context: CommandContext, options: Options): Promise<JsonObject> {
  const chosen = [options.words, options.scan !== undefined, options.paste].filter(Boolean).length;
  if (chosen > 1) throw new UsageError("--words, --scan and --paste exclude each other");
  if (options.words) return { words: true };
  if (options.scan !== undefined) return { request: scanPicture(options.scan) };
  if (!options.paste) return { app: options.app ?? NO_APP };
  const question = "paste the code of the new device (it is not shown):";
  return { request: await readPasted(context, question, "code of the new device") };
}

function tell(context: CommandContext, options: Options, event: JsonObject): void {
  const { globals, terminal } = context;
  let told = event;
  if (event["event"] === "invitation") {
    const text = event["text"] as string;
    const picture =
      options["qr-file"] === undefined ? null : writeInvitationPicture(options["qr-file"], text);
    if (picture !== null) told = { ...event, picture };
    if (globals.json === null) {
      if (picture !== null) terminal.data(picture);
      if (picture === null || options["show-qr"])
        showInvitation(text, { print: (shown) => terminal.data(shown), invert: options.invert });
    }
  }
  if (globals.json === null) say(context, event);
  else terminal.data(renderResult(told, []));
}

function say({ terminal }: CommandContext, event: JsonObject): void {
  switch (event["event"]) {
    case "invitation":
      return terminal.say(
        "run latchkey device join on the other device; this invitation is good for a minute",
      );
    case "words":
      terminal.data(`\n    ${terminal.style("bold", textOf(event["words"]))}\n`);
      return terminal.say(
        `run latchkey device join --words on the other device; the mailbox is ${textOf(event["mailbox"])}`,
      );
    case "last-invitation":
      return terminal.say("this is the last invitation of this pairing");
    case "claimed":
      return terminal.say("the invitation was taken");
    case "candidate":
      return terminal.say(
        `${textOf(event["name"])} (${textOf(event["platform"])}) wants to join: it gets all your passkeys`,
      );
    case "code-refused":
      return terminal.say(
        `that is not the code that the new device shows, tries left: ${textOf(event["triesLeft"])}; ` +
          "if somebody told you the code by phone or chat, stop: it is a trick",
      );
    default:
  }
}

/** Six digits. At the terminal it is asked again until there are six. */
async function readCode(context: CommandContext, fromStdin: boolean, purpose: string): Promise<string> {
  for (;;) {
    const text = fromStdin
      ? await readLineFrom(0, "code", context.signal)
      : await context.prompter.askLine(`${purpose}:`);
    const code = parseCode(text);
    if (code !== null) return code;
    if (fromStdin) throw new UsageError("the line on standard input is not a code of six digits");
    context.terminal.say("the code has six digits");
  }
}

/** Waits until a relay has what this device wrote. `false` when none had it in time. */
async function settle({ signal }: CommandContext, session: Session): Promise<boolean> {
  const deadline = Date.now() + SETTLE_MS;
  while (Date.now() < deadline) {
    if (signal.aborted) throw signal.reason as VaultError;
    const { relays } = await session.call("status", {});
    if ((relays as readonly JsonObject[]).some(({ state }) => state === "settled")) return true;
    await setTimeout(SETTLE_POLL_MS);
  }
  return false;
}
