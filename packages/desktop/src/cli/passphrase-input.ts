/**
 * Reads a passphrase from a file descriptor (`--passphrase-stdin`, `--passphrase-fd N`): the bytes up to the end of the line, and none
 * after it, so that standard input may carry something else, too, such as the code of a pairing.
 */
import { read } from "node:fs";
import { isatty } from "node:tty";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { UsageError } from "../terminal/usage-error.ts";

const readBytes = promisify(read);

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** More than any passphrase; `encodePassphrase` has the limit that people are told. */
const MAX_LINE_BYTES = 4_096;
/** Between two looks at a descriptor that has nothing yet and does not wait by itself. */
const POLL_MILLISECONDS = 20;

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
  const byte = Buffer.alloc(1);
  try {
    for (;;) {
      signal.throwIfAborted();
      const count = await readOne(fd, byte);
      if (count === null) await setTimeout(POLL_MILLISECONDS, undefined, { signal });
      else if (count === 0 || byte[0] === LINE_FEED) break;
      else line.push(byte[0] as number);
      if (line.length > MAX_LINE_BYTES) {
        throw new UsageError(`${what} on file descriptor ${fd} is over ${MAX_LINE_BYTES} bytes`);
      }
    }
    if (line.at(-1) === CARRIAGE_RETURN) line.pop();
    return decodeLine(fd, what, line);
  } finally {
    line.fill(0);
    byte.fill(0);
  }
}

/** Reads one byte: 1, 0 at the end, `null` when there is none yet. */
async function readOne(fd: number, into: Buffer): Promise<number | null> {
  try {
    return (await readBytes(fd, into, 0, 1, null)).bytesRead;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return null;
    // What Windows says at the end of a pipe.
    if (code === "EOF") return 0;
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
