/**
 * Reads a passphrase from a file descriptor (`--passphrase-stdin`, `--passphrase-fd N`): the bytes up to the end of the line, and none
 * after it, so that standard input may carry something else, too, such as the code of a pairing.
 */
import { isatty } from "node:tty";
import { VaultError } from "@latchkey/core/errors";
import { UsageError } from "../terminal/usage-error.ts";
import { readByte } from "./descriptor-bytes.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** More than any passphrase; `encodePassphrase` has the limit that people are told. */
const MAX_LINE_BYTES = 4_096;

export function readPassphraseFrom(fd: number, signal: AbortSignal): Promise<string> {
  return readLineFrom(fd, "passphrase", signal);
}

/**
 * A line of `what`. Throws `LK-CLI-USAGE` when the descriptor is a terminal (it would show what is typed), is not open, or has no
 * UTF-8 text.
 */
export async function readLineFrom(fd: number, what: string, signal: AbortSignal): Promise<string> {
  if (isatty(fd)) {
    throw new UsageError(
      `file descriptor ${fd} is a terminal, which would show the ${what}`,
      `leave the option out to be asked, or give the ${what} through a pipe`,
    );
  }
  const line: number[] = [];
  try {
    for (;;) {
      const byte = await readOne(fd, signal);
      if (byte === null || byte === LINE_FEED) break;
      line.push(byte);
      if (line.length > MAX_LINE_BYTES) {
        throw new UsageError(`${what} on file descriptor ${fd} is over ${MAX_LINE_BYTES} bytes`);
      }
    }
    if (line.at(-1) === CARRIAGE_RETURN) line.pop();
    return decodeLine(fd, what, line);
  } finally {
    line.fill(0);
  }
}

async function readOne(fd: number, signal: AbortSignal): Promise<number | null> {
  try {
    return await readByte(fd, signal);
  } catch (error) {
    if (error instanceof VaultError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // What Windows says at the end of a pipe.
    if (code === "EOF") return null;
    throw new UsageError(`file descriptor ${fd} cannot be read: ${code}`);
  }
}

function decodeLine(fd: number, what: string, line: readonly number[]): string {
  if (line.length === 0) throw new UsageError(`file descriptor ${fd} has no ${what}`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(line));
  } catch {
    throw new UsageError(`${what} on file descriptor ${fd} is not UTF-8`);
  }
}
