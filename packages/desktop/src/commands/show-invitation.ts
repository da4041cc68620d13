/** Shows an invitation: QR code and text in the terminal, or the QR code as a PNG file that only its owner can read. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../terminal/usage-error.ts";
import { renderQrPng, renderQrTerminal } from "../qr/render-qr.ts";

export interface InvitationDisplay {
  /** Standard output: the invitation is what the command is for, and `--quiet` leaves it. */
  readonly print: (text: string) => void;
  readonly invert: boolean;
}

/** Whoever sees it may claim the invitation; it admits nobody without the code. */
export function showInvitation(text: string, { print, invert }: InvitationDisplay): void {
  print(renderQrTerminal(text, { invert }));
  print(`or paste this on the other device:\n${text}\n`);
}

/** Writes the picture whole or not at all and returns its absolute path. Throws `LK-CLI-USAGE` when it cannot be written there. */
export function writeInvitationPicture(path: string, text: string): string {
  const target = resolve(path);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    const file = openSync(unfinished, "wx", 0o600);
    try {
      writeSync(file, renderQrPng(text));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(
      `${target} cannot be written: ${code}`,
      "give --qr-file a path in a folder of yours",
    );
  }
  return target;
}
