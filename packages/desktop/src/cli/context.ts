/** What every command is given beside its own input: the global options, the terminal, and how to ask for secrets and consent. */
import { VaultError } from "@latchkey/core/errors";
import type { PolicyReading } from "@latchkey/core/policy/policy";
import type { SystemProvider } from "../host/system-provider.ts";
import { createPrompter, type Prompter } from "../terminal/prompt.ts";
import { createTerminal, type Terminal, type TextSink } from "../terminal/voice.ts";
import type { Command } from "./command.ts";
import type { GlobalOptions } from "./global-options.ts";
import { readPassphraseFrom } from "./passphrase-input.ts";

export interface CommandContext {
  readonly globals: GlobalOptions;
  /** The table that this command is from, for help and completion. */
  readonly commands: readonly Command[];
  readonly groups: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
  readonly prompter: Prompter;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `null` where the system has no passkey providers. */
  readonly system: SystemProvider | null;
  /** What an organization has set on this machine. */
  readonly policy: PolicyReading;
  /** Aborted by Ctrl-C and by `--timeout`, with the `VaultError` to throw as its reason. */
  readonly signal: AbortSignal;
  /** The passphrase: from `--passphrase-stdin` or `--passphrase-fd` when given, else asked with `question`. */
  readPassphrase(question: string): Promise<string>;
  /** Returns when the person agrees or `--yes` was given; else throws `LK-CLI-CANCELLED`. */
  confirm(question: string): Promise<void>;
}

export function createContext(
  deps: Pick<CommandContext, "globals" | "commands" | "groups" | "env" | "system" | "policy" | "signal"> & {
    readonly stdout: TextSink;
    readonly stderr: TextSink;
  },
): CommandContext {
  const { globals, commands, groups, env, system, policy, signal, stdout, stderr } = deps;
  const prompter = createPrompter({ noInput: globals.noInput, signal });
  return {
    globals,
    commands,
    groups,
    env,
    system,
    policy,
    signal,
    prompter,
    terminal: createTerminal({ ...globals, json: globals.json !== null, stdout, stderr, env }),
    readPassphrase: async (question) =>
      globals.passphraseFd === null
        ? prompter.askPassphrase(question)
        : readPassphraseFrom(globals.passphraseFd, signal),
    async confirm(question) {
      if (globals.yes || (await prompter.askConfirmation(question))) return;
      throw new VaultError("LK-CLI-CANCELLED", `not confirmed: ${question}`);
    },
  };
}
