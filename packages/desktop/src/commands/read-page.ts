/** A recovery page that a person brings: pictures of it, or its groups typed, each page once more for a set of three. */
import { readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { findWrongGroups } from "@latchkey/core/recovery/page-groups";
import { readPage } from "@latchkey/core/recovery/page-text";
import { countMissing } from "@latchkey/core/recovery/shares";
import type { CommandContext } from "../cli/context.ts";
import { readLineFrom } from "../cli/passphrase-input.ts";
import { readQrPng } from "../qr/read-qr.ts";
import { UsageError } from "../terminal/usage-error.ts";

const TRIES = 5;

/**
 * The texts of as many pages as the secret needs. Typed at a terminal, a page with an error in it may be typed again; from a program it comes line
 * by line on standard input. Throws `LK-RECOVERY-…` for what is no page.
 */
export async function readPages(context: CommandContext, pictures: readonly string[]): Promise<string[]> {
  const texts = pictures.map(readPicture);
  for (;;) {
    if (texts.length > 0 && countMissing(texts.map((text) => readPage(text).page)) === 0) return texts;
    if (texts.length > 0 && pictures.length === texts.length)
      context.terminal.say("this is one of three pages; one more of them is needed");
    texts.push(await readTyped(context, texts.length + 1));
  }
}

function readPicture(path: string): string {
  try {
    return readQrPng(readFileSync(path));
  } catch (error) {
    if (isVaultError(error)) throw new VaultError("LK-RECOVERY-MALFORMED", `${path}: ${error.message}`);
    if (error instanceof Error && "syscall" in error && "code" in error)
      throw new UsageError(`${path} cannot be read: ${String(error.code)}`, "give --scan a PNG file");
    throw error;
  }
}

async function readTyped(context: CommandContext, count: number): Promise<string> {
  if (!isatty(0) && !context.globals.noInput) return readLineFrom(0, "recovery page", context.signal);
  const question = `the ten groups of the ${count === 1 ? "recovery page" : "other page"} (not shown):`;
  for (let tries = 1; ; tries++) {
    const typed = await context.prompter.askPassphrase(question);
    const wrong = findWrongGroups(typed);
    try {
      readPage(typed);
      return typed;
    } catch (error) {
      if (tries === TRIES || !isVaultError(error)) throw error;
      const where = wrong.length === 0 ? error.message : `not as printed: group ${wrong.join(", ")}`;
      context.terminal.say(`${where}; once more`);
    }
  }
}
