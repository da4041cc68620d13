/** A pairing code that came over to this machine: as a picture, as a line that is typed or pasted. */
import { readFileSync } from "node:fs";
import { isatty } from "node:tty";
import type { CommandContext } from "../cli/context.ts";
import { readLineFrom } from "../cli/passphrase-input.ts";
import { readQrPng } from "../qr/read-qr.ts";
import { UsageError } from "../terminal/usage-error.ts";

/** The text of the QR code in a PNG file. */
export function scanPicture(picture: string): string {
  try {
    return readQrPng(readFileSync(picture));
  } catch (error) {
    if (error instanceof Error && "syscall" in error && "code" in error)
      throw new UsageError(`${picture} cannot be read: ${String(error.code)}`, "give --scan a PNG file");
    throw error;
  }
}

/** The line is a secret: never an argument, and not shown while it is pasted. `what`: for a program that gives none. */
export async function readPasted(context: CommandContext, question: string, what: string): Promise<string> {
  if (isatty(0) || context.globals.noInput) return context.prompter.askPassphrase(question);
  return readLineFrom(0, what, context.signal);
}
