/** `latchkey completion`: the script for a shell, made from the command table. */
import type { InputOf, Outcome } from "../cli/command.ts";
import { renderCompletion } from "../cli/completion/render-completion.ts";
import type { CommandContext } from "../cli/context.ts";
import type { completionSpec } from "../cli/specs/completion.ts";

export async function run(
  { commands, groups }: CommandContext,
  { positionals }: InputOf<typeof completionSpec>,
): Promise<Outcome> {
  const script = renderCompletion(positionals.shell, commands, groups);
  return { data: { shell: positionals.shell, script }, text: () => script };
}
