/** `latchkey recovery test`: the drill. Says whether a page would open the vault, and opens nothing. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { recoveryTestSpec } from "../cli/specs/recovery.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { countOf } from "./facts.ts";
import { readPages } from "./read-page.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof recoveryTestSpec>,
): Promise<Outcome> {
  const texts = await readPages(context, options.scan);
  const data = await withSession(
    context,
    (session) => session.call("recovery.test", { pages: texts.join("\n") }),
    { withRelays: true },
  );
  const [opens, passkeys, age] = [Number(data["opens"]), Number(data["passkeys"]), Number(data["ageDays"])];
  const works = opens === passkeys;
  const made = age === 0 ? "today" : `${countOf(age, "day")} ago`;
  if (data["locator"] === "waits")
    context.terminal.say("the mailbox was not reached now; with a backup file the page works all the same");
  return {
    data: { works, ...data },
    text: () =>
      `${works ? "Works" : "Does not open everything"}. Made ${made}. Opens ${opens} of ${countOf(passkeys, "passkey")}.`,
    exitCode: works ? EXIT.done : EXIT.problems,
  };
}
