/** Reads one line from a terminal without showing it: raw mode, in which we do the little editing that a passphrase needs. */
import type { ReadStream } from "node:tty";
import { VaultError } from "@latchkey/core/errors";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const BACKSPACE: ReadonlySet<string> = new Set(["\b", "\u007f"]);
const LINE_END: ReadonlySet<string> = new Set(["\r", "\n"]);
/** An arrow or function key sends a whole sequence: none of it belongs to a passphrase. */
// eslint-disable-next-line no-control-regex
const ESCAPE_SEQUENCE = /\u001b(?:[O[][0-?]*[ -/]*[@-~])?/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Shows `question`, reads until Enter, then ends the line. The terminal is back as it was, whatever happens. */
export async function readHidden(
  input: ReadStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  input.setEncoding("utf8");
  // Before the question: from the moment that people see it, nothing that they type may be shown.
  input.setRawMode(true);
  try {
    output.write(question);
    return await readLine(input, signal);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write("\n");
  }
}

function readLine(input: ReadStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const finish = (settle: () => void): void => {
      input.off("data", onData).off("end", onEnd).off("error", onError);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const cancel = (): void =>
      finish(() => reject(new VaultError("LK-CLI-CANCELLED", "passphrase was not entered")));
    const onEnd = cancel;
    const onError = (error: Error): void => finish(() => reject(error));
    const onAbort = (): void => finish(() => reject(signal.reason));
    const onData = (chunk: string): void => {
      for (const char of chunk.replaceAll(ESCAPE_SEQUENCE, "")) {
        if (LINE_END.has(char)) return finish(() => resolve(typed.join("")));
        if (char === CTRL_C || (char === CTRL_D && typed.length === 0)) return cancel();
        if (char === CTRL_U) typed = [];
        else if (BACKSPACE.has(char)) typed.pop();
        else if (!CONTROL.test(char)) typed.push(char);
      }
    };
    input.on("data", onData).on("end", onEnd).on("error", onError);
    signal.addEventListener("abort", onAbort);
    input.resume();
  });
}
