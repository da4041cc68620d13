/**
 * The command line from arguments to exit code: refuses exposed secrets, finds the command, parses, runs it, and prints its outcome or
 * its failure. Everything that a process has but once (streams, signals, exit) comes in from `bin/latchkey.js`.
 */
import { VaultError } from "@latchkey/core/errors";
import { NO_POLICY, type PolicyReading } from "@latchkey/core/policy/policy";
import type { SystemProvider } from "../host/system-provider.ts";
import { deriveExitCode, EXIT, type ExitCode } from "../terminal/exit-code.ts";
import { renderResult } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { createTerminal, type TextSink } from "../terminal/voice.ts";
import type { Command } from "./command.ts";
import { COMMANDS, GROUPS } from "./commands.ts";
import { createContext } from "./context.ts";
import { findCommand } from "./find-command.ts";
import { readGlobalOptions } from "./global-options.ts";
import { parseInput } from "./parse.ts";
import { refuseExposedSecrets } from "./secret-guard.ts";

export interface ProcessSurroundings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted when the process is to end: Ctrl-C, SIGTERM. */
  readonly interruption: AbortSignal;
  readonly commands?: readonly Command[];
  readonly groups?: Readonly<Record<string, string>>;
  /** The system's passkey providers; left out where it has none. */
  readonly system?: SystemProvider | null;
  /** What an organization has set on this machine. */
  readonly policy?: PolicyReading;
}

/** Runs one command line. Never throws: the failure is reported, its exit code returned. */
export async function main(surroundings: ProcessSurroundings): Promise<ExitCode> {
  const { args, interruption } = surroundings;
  try {
    return await runCommandLine(surroundings);
  } catch (error) {
    // Options that did not parse cannot be asked how to report it: looked at as they are.
    const before = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
    const terminal = createTerminal({
      ...surroundings,
      json: before.some((arg) => arg === "--json" || arg.startsWith("--json=")),
      verbose: before.includes("--verbose") || before.includes("-v"),
    });
    await terminal.fail(error);
    return interruption.aborted ? EXIT.interrupted : deriveExitCode(error);
  }
}

async function runCommandLine(surroundings: ProcessSurroundings): Promise<ExitCode> {
  const { env, stdout, stderr, interruption } = surroundings;
  const { commands = COMMANDS, groups = GROUPS, system = null } = surroundings;
  refuseExposedSecrets(surroundings.args, env);
  if (surroundings.args[0] === "--version") {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
    stdout.write(`latchkey ${manifest.version}\n`);
    return EXIT.done;
  }
  const isHelpCommand = surroundings.args[0] === "help";
  const args = isHelpCommand ? [...surroundings.args.slice(1), "--help"] : surroundings.args;
  const { command, words, rest } = findCommand(args, commands);
  if (command === null) {
    if (!rest.includes("--help") && !rest.includes("-h")) {
      const path = ["latchkey", ...words].join(" ");
      throw new UsageError(`${path} needs a command`, `see ${path} --help`);
    }
    const { renderGroupHelp } = await import("./help.ts");
    stdout.write(`${renderGroupHelp(words, commands, groups)}\n`);
    return EXIT.done;
  }
  const input = parseInput(command.spec, rest);
  if (input.options["help"] === true) {
    const { renderCommandHelp } = await import("./help.ts");
    stdout.write(`${renderCommandHelp(command.spec)}\n`);
    return EXIT.done;
  }
  const globals = readGlobalOptions(input.options, env);
  const signal = AbortSignal.any([interruption, ...limitTime(globals.timeout)]);
  const policy = surroundings.policy ?? NO_POLICY;
  const context = createContext({ globals, commands, groups, env, system, policy, stdout, stderr, signal });
  const outcome = await command.run(context, input);
  if (outcome === null) return EXIT.done;
  if (globals.json !== null) context.terminal.data(renderResult(outcome.data, globals.json));
  else {
    const text = outcome.text?.() ?? "";
    if (text !== "") context.terminal.data(text);
  }
  return outcome.exitCode ?? EXIT.done;
}

function limitTime(timeout: number | null): AbortSignal[] {
  if (timeout === null) return [];
  const controller = new AbortController();
  const error = new VaultError("LK-CLI-TIMEOUT", `not done within ${timeout} ms`);
  setTimeout(() => controller.abort(error), timeout).unref();
  return [controller.signal];
}
