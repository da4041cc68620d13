/** `latchkey rotate done`: a passkey that a lost device may hold was replaced at its site. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { rotateDoneSpec } from "../cli/specs/rotate.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof rotateDoneSpec>,
): Promise<Outcome> {
  const { passkey } = positionals;
  const data = await withSession(context, (session) =>
    session.call("rotate.done", { passkey, undo: options.undo }),
  );
  const site = textOf(data["site"] ?? "the passkey");
  context.terminal.say(
    data["changed"] === false
      ? `${site} was marked so already`
      : options.undo
        ? `${site} is to be replaced again`
        : `${site} is marked as replaced, on all your devices`,
  );
  return { data };
}
