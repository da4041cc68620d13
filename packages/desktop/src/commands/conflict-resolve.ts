/** `latchkey conflict resolve`: decides by an option, or shows the values and asks. */
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { conflictResolveSpec } from "../cli/specs/conflict.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { makePrintable } from "../terminal/printable.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { type ConflictData, readPasskey } from "./passkey-data.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof conflictResolveSpec>,
): Promise<Outcome> {
  const { passkey, field } = positionals;
  const given = readGivenChoice(options.keep, options.take);
  return withSession(context, async (session) => {
    const { id, conflicts } = readPasskey(await session.call("passkey.show", { passkey }));
    const conflict = conflicts.find((each) => each.field === field);
    if (conflict === undefined)
      throw new VaultError("LK-VAULT-NOT-FOUND", `${passkey} has no conflict in ${field}`);
    const choice = given ?? (await askChoice(context, conflict));
    if (choice === null) {
      context.terminal.say("a decision is needed: --keep, or --take with a number");
      const kept = { ...conflict.kept };
      const offered = conflict.offered.map((value) => ({ ...value }));
      return { data: { id, decided: false, field, kept, offered }, exitCode: EXIT.conflict };
    }
    const { changed = false } = await session.call("conflict.resolve", { passkey: id, field, choice });
    context.terminal.say("decided");
    return { data: { id, decided: true, field, choice, changed } };
  });
}

/** 0 keeps, 1 and up take; `null` when the options leave it open. */
function readGivenChoice(keep: boolean, take: string | undefined): number | null {
  if (keep && take !== undefined) throw new UsageError("--keep and --take exclude each other");
  if (keep) return 0;
  if (take === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(take)) throw new UsageError("--take needs a number, 1 or more");
  return Number(take);
}

function renderChoices({ kept, offered }: ConflictData): string {
  return [kept, ...offered]
    .map(({ value, by }, index) =>
      makePrintable(`${index}  ${String(value)}  (${by}${index === 0 ? ", shown now" : ""})`),
    )
    .join("\n");
}

/** `null` where nobody can be asked. */
async function askChoice(
  { prompter, terminal }: CommandContext,
  conflict: ConflictData,
): Promise<number | null> {
  const last = conflict.offered.length;
  terminal.say(renderChoices(conflict));
  try {
    for (;;) {
      const answer = await prompter.askLine(`which ${conflict.field} stays, 0 to ${last}?`);
      if (/^\d{1,4}$/.test(answer) && Number(answer) <= last) return Number(answer);
    }
  } catch (error) {
    if (isVaultError(error, "LK-CLI-NO-INPUT")) return null;
    throw error;
  }
}
