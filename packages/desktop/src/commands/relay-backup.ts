/** `latchkey relay backup`: a consistent copy of a relay's file, running or not. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { backUpRelayFile } from "@latchkey/sync-relay/hosts/relay-file";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayBackupSpec } from "../cli/specs/relay.ts";
import { findRelayFile } from "./relay-file.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof relayBackupSpec>,
): Promise<Outcome> {
  const file = findRelayFile(options.file, context);
  const copy = resolve(positionals.copy);
  backUpRelayFile(file, copy);
  return { data: { file, copy, bytes: statSync(copy).size }, text: () => copy };
}
