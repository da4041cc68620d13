/** Where a new recovery page goes: to a PDF, as text to a printer, or onto the terminal. Never into a file that nobody named. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PAGE_WORDS_DE, PAGE_WORDS_EN } from "@latchkey/core/words/page-words";
import { VaultError } from "@latchkey/core/errors";
import type { CommandContext } from "../cli/context.ts";
import { renderQrTerminal } from "../qr/render-qr.ts";
import type { JsonObject } from "../terminal/json.ts";
import type { Paper, PaperFacts, PaperLanguage } from "../paper/recovery-page-pdf.ts";
import { UsageError } from "../terminal/usage-error.ts";

export interface PrintOptions {
  readonly print: boolean;
  readonly pdf: string | undefined;
  readonly split: string | undefined;
  readonly language: PaperLanguage | undefined;
}

/** Before anything is made: a page that could not be shown would be lost. */
export function checkPrintOptions({ globals }: CommandContext, { print, pdf, split }: PrintOptions): void {
  if (split !== undefined && split !== "2/3")
    throw new UsageError(
      `--split ${split} is not known`,
      "--split 2/3 makes three pages, of which two are enough",
    );
  if (print && pdf !== undefined) throw new UsageError("--print and --pdf exclude each other");
  const isOnStdout = print || pdf === "-" || pdf === undefined;
  if (globals.json !== null && isOnStdout)
    throw new UsageError("with --json the page needs a file of its own", "give --pdf a file to make");
}

/** Prints what `recovery.create` gave. Returns the file it is in, or `null`. Throws `LK-EXPORT-FILE`. */
export async function printPapers(
  { terminal }: CommandContext,
  data: JsonObject,
  { print, pdf, language = "en" }: PrintOptions,
): Promise<string | null> {
  const papers = data["papers"] as unknown as readonly Paper[];
  const facts = factsOf(data);
  if (pdf === undefined) {
    for (const paper of papers) terminal.data(renderText(paper, facts, language, print));
    return null;
  }
  const { renderPaper } = await import("../paper/recovery-page-pdf.ts");
  const file = renderPaper(papers, facts, language);
  if (pdf === "-") {
    terminal.data(file.trimEnd());
    return null;
  }
  const path = resolve(pdf);
  try {
    writeFileSync(path, file, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VaultError("LK-EXPORT-FILE", `${path}: ${code ?? "failed"}`, { cause: error });
  }
  return path;
}

const factsOf = (data: JsonObject): PaperFacts => ({
  madeAt: (data["page"] as JsonObject)["madeAt"] as string,
  device: data["device"] as string | null,
  passkeys: data["passkeys"] as number,
  relays: data["relays"] as readonly string[],
});

function renderText(paper: Paper, facts: PaperFacts, language: PaperLanguage, isPaper: boolean): string {
  const words = language === "de" ? PAGE_WORDS_DE : PAGE_WORDS_EN;
  const isShare = paper.part > 0;
  const { groups } = paper;
  return [
    words.title.toUpperCase(),
    ...(isShare ? [words.share.replace("{part}", String(paper.part)), words.shareAlone] : [words.alone]),
    `${words.made} ${facts.madeAt.slice(0, 10)}${facts.device === null ? "" : ` ${words.vault} ${facts.device}`}`,
    `${words.opens} ${words.passkeys(facts.passkeys)}`,
    "",
    renderQrTerminal(paper.picture, { invert: isPaper, ecc: "high" }),
    "",
    words.typed,
    ...[0, 5].map((first) =>
      groups
        .slice(first, first + 5)
        .map((group, i) => `${String(first + i + 1).padStart(2)} ${group}`)
        .join("   "),
    ),
    words.check,
    "",
    words.how,
    ...words.steps.map((step, i) => `${i + 1}. ${step}`),
    facts.relays.length === 0 ? words.noMailbox : words.mailbox.replace("{mailbox}", facts.relays.join(", ")),
    "",
    `${words.folder} ____________________`,
    words.found,
    "",
  ].join("\n");
}
