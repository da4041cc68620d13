/** The options that every command has (experience.md § 9), and what they mean. */
import { VaultError } from "@latchkey/core/errors";
import { UsageError } from "../terminal/usage-error.ts";
import type { ColorChoice } from "../terminal/voice.ts";
import type { ParsedInput } from "./command.ts";
import { defineSpec } from "./command.ts";
import type { InputOf } from "./command.ts";
import { resolveVaultPath } from "./vault-path.ts";

const SPEC = defineSpec({
  name: "",
  summary: "",
  positionals: [],
  examples: [],
  options: {
    vault: { type: "string", value: "path", isPath: true, summary: "the vault file" },
    json: { type: "string", value: "fields", summary: "print JSON, or only these fields of it" },
    quiet: { type: "boolean", short: "q", summary: "say nothing but data and errors" },
    verbose: { type: "boolean", short: "v", summary: "say more, and show the stack of an error" },
    "no-input": { type: "boolean", summary: "never ask; fail where an answer is needed" },
    yes: { type: "boolean", short: "y", summary: "agree to what would be asked" },
    color: {
      type: "string",
      value: "when",
      choices: ["auto", "always", "never"],
      summary: "colour on a terminal, always or never",
    },
    timeout: { type: "string", value: "time", summary: "give up after this time, as 30s or 2m" },
    "passphrase-stdin": { type: "boolean", summary: "read the passphrase from standard input" },
    "passphrase-fd": { type: "string", value: "n", summary: "read the passphrase from this file descriptor" },
    help: { type: "boolean", short: "h", summary: "show help" },
  },
});

export const GLOBAL_OPTIONS = SPEC.options;

export interface GlobalOptions {
  /** Absolute path. */
  readonly vault: string;
  /** `null` without `--json`; the fields it names, none for all. */
  readonly json: readonly string[] | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noInput: boolean;
  readonly yes: boolean;
  readonly color: ColorChoice;
  /** Milliseconds. */
  readonly timeout: number | null;
  readonly passphraseFd: number | null;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** What a timer of Node can count: about 24 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
const HIGHEST_FD = 1_023;

/** Reads the values that the parser has checked against `GLOBAL_OPTIONS`. Throws `LK-CLI-USAGE`. */
export function readGlobalOptions(
  values: ParsedInput["options"],
  env: Readonly<Record<string, string | undefined>>,
): GlobalOptions {
  const given = values as InputOf<typeof SPEC>["options"];
  return {
    vault: resolveVaultPath(given.vault, env),
    json: given.json === undefined ? null : given.json.split(",").filter((field) => field !== ""),
    quiet: given.quiet,
    verbose: given.verbose,
    noInput: given["no-input"],
    yes: given.yes,
    color: given.color ?? "auto",
    timeout: given.timeout === undefined ? null : readDuration(given.timeout),
    passphraseFd: readPassphraseSource(given["passphrase-stdin"], given["passphrase-fd"]),
  };
}

/** `500ms`, `30s`, `2m`, `1h`, or a number of seconds. */
function readDuration(text: string): number {
  const [, number, unit = "s"] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
  const duration = Number(number) * (UNITS[unit] as number);
  if (duration > 0 && duration <= LONGEST_TIMEOUT) return duration;
  throw new UsageError(`--timeout ${text} is not a time`, "write it as 30s, 2m or 1h");
}

function readPassphraseSource(isStdin: boolean, fd: string | undefined): number | null {
  if (isStdin && fd !== undefined)
    throw new UsageError("--passphrase-stdin and --passphrase-fd exclude each other");
  if (isStdin) return 0;
  if (fd === undefined) return null;
  if (/^\d{1,4}$/.test(fd) && Number(fd) <= HIGHEST_FD) return Number(fd);
  // Not repeated: somebody may have written the passphrase itself.
  throw new VaultError(
    "LK-CLI-SECRET-EXPOSED",
    "--passphrase-fd takes the number of an open file descriptor",
  );
}
