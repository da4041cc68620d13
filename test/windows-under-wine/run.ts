/** Runs a program to its end and gives what it wrote; a failure carries all of it. */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Rejects unless the program ends with 0. `input` is its standard input. It writes to a file: Node for Windows under Wine cannot write to a pipe, and Wine's services, which
 * any program may happen to start, inherit its standard error and would hold a pipe open for as long as they live.
 */
export async function run(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
  input: string | null = null,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-run-"));
  try {
    const path = join(folder, "output.txt");
    const file = openSync(path, "w");
    const given = join(folder, "input.txt");
    if (input !== null) writeFileSync(given, input);
    const stdin = input === null ? null : openSync(given, "r");
    const child = spawn(program, parameters, { ...options, stdio: [stdin ?? "ignore", file, file] });
    closeSync(file);
    if (stdin !== null) closeSync(stdin);
    const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals | null>();
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? signal));
    const ended = await promise;
    const text = readFileSync(path, "utf8");
    if (ended !== 0) throw new Error(`${program} ${parameters.join(" ")} ended with ${ended}:\n${text}`);
    return text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
