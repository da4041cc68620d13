/** `latchkey export`: a sealed backup; or, in an open format, what the file cannot carry, the sentence that says what it can do, then the file. */
import { resolve } from "node:path";
import { EXPORT_FORMATS } from "@latchkey/core/exchange/export-item";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { exportSpec } from "../cli/specs/exchange.ts";
import { createFileSaver, type SaveFile, saveTo } from "../host/save-files.ts";
import type { Session } from "../host/session.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderBackup } from "./backup-text.ts";
import { type LossData, renderLosses } from "./exchange-text.ts";
import { countOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

type Options = InputOf<typeof exportSpec>["options"];

const STDOUT = "-";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof exportSpec>,
): Promise<Outcome | null> {
  const [format, ...others] = EXPORT_FORMATS.filter((each) => options[each]);
  if (others.length > 0 || (options.sealed && format !== undefined))
    throw new UsageError("export takes one of --sealed, --cxf, --bitwarden and --passkey");
  const { output } = options;
  if (format === undefined) return exportSealed(context, options);
  if (output === undefined && !options["dry-run"])
    throw new UsageError("export needs a place to write to", "-o names a file or folder, - standard output");
  const isProtected = format === "bitwarden" && !options.plain;
  const choices = { format, acceptLoss: options["accept-loss"], sites: options.site.join("\n") };
  return withSession(context, async (session) => {
    const rows: LossData[] = [];
    const review = await session.call("export.review", choices, {
      onTell: (event) => event["event"] === "rows" && rows.push(...(event["rows"] as unknown as LossData[])),
    });
    const data = { ...review, rows: rows as unknown as [] };
    const summary = `${renderLosses(rows)}${countOf(review["passkeys"] as number, "passkey")} in the file`;
    if (options["dry-run"] || output === undefined)
      return { data: { ...data, dryRun: true }, text: () => summary };
    context.terminal.say(summary);
    const sentence = isProtected ? "" : await askSentence(context, options);
    const params = { ...choices, protected: isProtected, sentence };
    const written = await receive(context, session, params, format === "passkey", output);
    if (output === STDOUT) return null;
    return {
      data: { ...data, ...written, output: resolve(output), dryRun: false },
      text: () =>
        `${countOf(written["passkeys"] as number, "passkey")} written to ${resolve(output)}` +
        (isProtected ? "" : "\ndelete it as soon as the other program has it: it lets anyone sign in as you"),
    };
  });
}

/** The same file as `latchkey backup run` makes, for whoever looks for it here. */
async function exportSealed(context: CommandContext, options: Options): Promise<Outcome> {
  const { output } = options;
  const plainOnly = (["dry-run", "plain", "accept-loss", "sentence"] as const).find((name) => options[name]);
  if (plainOnly !== undefined || options.site.length > 0)
    throw new UsageError(
      `--${plainOnly ?? "site"} goes with an open format`,
      "a sealed file always holds the whole vault; --cxf, --bitwarden and --passkey are the open ones",
    );
  if (output === undefined || output === STDOUT)
    throw new UsageError("a sealed export needs a file", "-o names it; it is read back and verified there");
  const params = { file: resolve(output), passphrase: true };
  const data = await withSession(context, (session) => session.call("backup.run", params));
  return { data, text: () => renderBackup(data) };
}

async function askSentence({ prompter, terminal }: CommandContext, { sentence }: Options): Promise<string> {
  if (sentence !== undefined) return sentence;
  terminal.say(
    "The file is not sealed: whoever gets it, from a disk, a cloud folder or a message, has every passkey in it for good.",
  );
  return prompter.askLine(`to go on type: ${EXPORT_SENTENCES.en}\n>`);
}

/** Nothing is there when the export fails before its first file. */
async function receive(
  context: CommandContext,
  session: Session,
  params: Parameters<Session["call"]>[1],
  isFolder: boolean,
  output: string,
) {
  const saver = createFileSaver(output === STDOUT ? printFile : saveTo(resolve(output), isFolder));
  const data = await session.call("export.write", params, {
    onTell: (event) => saver.onTell(event),
    onAsk: ({ kind, purpose }) => {
      if (kind === "password") return askNewPassword(context);
      return kind === "request" && purpose === "proceed" ? Promise.resolve("") : null;
    },
  });
  await saver.finish();
  return data;
}

const printFile: SaveFile = async (_, pieces) => {
  // Written before they are wiped.
  for (const piece of pieces)
    await new Promise<void>((resolve) => process.stdout.write(piece, () => resolve()));
};

/** Twice at a terminal, once from a file descriptor. */
async function askNewPassword(context: CommandContext): Promise<string> {
  const { globals, prompter } = context;
  const question = "password that the file gets:";
  if (globals.passphraseFd !== null) return context.readPassphrase(question);
  for (;;) {
    const typed = await prompter.askPassphrase(question);
    if (typed !== "" && (await prompter.askPassphrase("the same again:")) === typed) return typed;
  }
}
