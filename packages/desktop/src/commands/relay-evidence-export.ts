/** `latchkey relay evidence export`: what this device noted of relays, as a file that anybody can check. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayEvidenceExportSpec } from "../cli/specs/relay-evidence.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof relayEvidenceExportSpec>,
): Promise<Outcome> {
  const path = resolve(positionals.file);
  const data = await withSession(context, (session) => session.call("relay.evidence", { path }));
  const count = data["statements"] as number;
  if (count === 0) context.terminal.say("this device has nothing to hold against a relay; the file says so");
  else
    context.terminal.say(
      "the file names the relay and this device's public key; think of whom you give it to",
    );
  return {
    data,
    text: () =>
      renderFacts([
        ["file", textOf(data["file"])],
        ["holds", countOf(count, "signed statement")],
      ]),
  };
}
