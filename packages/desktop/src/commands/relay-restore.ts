/** `latchkey relay restore`: a backup takes the place of a relay's file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { restoreRelayFile } from "@latchkey/sync-relay/hosts/relay-file";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayRestoreSpec } from "../cli/specs/relay.ts";
import { countOf } from "./facts.ts";
import { resolveRelayFile } from "./relay-file.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof relayRestoreSpec>,
): Promise<Outcome> {
  const file = resolveRelayFile(options.file, context);
  const copy = resolve(positionals.copy);
  // Read before anything is asked: a file that is no backup ends here.
  const rooms = inspectRelayFile(copy).rooms.length;
  if (existsSync(file)) await context.confirm(`replace ${file} by a backup with ${countOf(rooms, "room")}?`);
  restoreRelayFile(copy, file);
  context.terminal.say("when the relay starts, its devices give it what the backup lacks");
  return { data: { file, copy, rooms }, text: () => file };
}
