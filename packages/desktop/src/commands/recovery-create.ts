/** `latchkey recovery create`: a page that opens the vault when every device is gone. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { recoveryCreateSpec } from "../cli/specs/recovery.ts";
import { countOf } from "./facts.ts";
import type { JsonObject } from "../terminal/json.ts";
import { checkPrintOptions, printPapers, type PrintOptions } from "./print-page.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof recoveryCreateSpec>,
): Promise<Outcome> {
  checkPrintOptions(context, options);
  const split = options.split !== undefined;
  const data = await withSession(context, (session) => session.call("recovery.create", { split }), {
    withRelays: true,
  });
  return showNewPage(context, data, options);
}

/** Prints the page, then says what holds from now on. */
export async function showNewPage(
  context: CommandContext,
  data: JsonObject,
  options: PrintOptions,
): Promise<Outcome> {
  const { terminal } = context;
  const file = await printPapers(context, data, options);
  const isSplit = (data["page"] as JsonObject)["parts"] !== 1;
  terminal.say(
    isSplit
      ? "three pages; any two of them open the vault"
      : "this page opens the vault alone; keep it like cash",
  );
  if (file !== null) terminal.say(`print ${file}, then delete the file`);
  const replaced = data["replaced"] as number;
  if (replaced > 0) {
    terminal.say(
      data["intended"] === true
        ? `the ${countOf(replaced, "page")} of before opens the vault until the mailbox can be reached; then it is dead`
        : `the ${countOf(replaced, "page")} of before is dead; destroy it`,
    );
  }
  terminal.say(LOCATORS[data["locator"] as keyof typeof LOCATORS]);
  terminal.say("test it when it is printed: latchkey recovery test");
  const { papers: _, ...shown } = data;
  return { data: { ...shown, file } };
}

/** What a page needs besides itself, as things stand. */
const LOCATORS = {
  told: "with the mailbox alone it brings everything back; with a backup file, too",
  waits: "the mailbox was not reached: until it is, the page needs a backup file (latchkey backup run)",
  none: "this vault has no mailbox: the page needs a backup file (latchkey backup run)",
} as const;
