/** `latchkey doctor`: runs the checks in their order and says what to do about those that fail. */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { doctorSpec } from "../cli/specs/doctor.ts";
import { openSession } from "../host/session.ts";
import { EXIT } from "../terminal/exit-code.ts";
import type { JsonObject } from "../terminal/json.ts";
import { makePrintable } from "../terminal/printable.ts";
import { type Check, describeCheck, makeCheck, skipCheck } from "./doctor/check.ts";
import { checkMachine, checkVaultFile } from "./doctor/check-machine.ts";
import { checkHealth } from "./doctor/check-health.ts";
import { checkRelay } from "./doctor/check-relay.ts";
import { checkContent, checkSync } from "./doctor/check-vault.ts";
import { checkWindows } from "./doctor/check-windows.ts";
import { createRedaction } from "./doctor/redact.ts";
import { countOf } from "./facts.ts";

/** What keeps a vault from opening, and the id of the check that finds it. */
const FINDINGS: Readonly<Partial<Record<ErrorCode, readonly [id: string, text: string, hint: string]>>> = {
  "LK-VAULT-NOT-A-VAULT": ["vault-format", "the file is not a vault", "check the path given with --vault"],
  "LK-VAULT-NEWER": ["vault-format", "a newer Latchkey wrote the vault", "update Latchkey on this device"],
  "LK-VAULT-DAMAGED": [
    "vault-format",
    "the file is damaged",
    "keep it, and add this device again from another one",
  ],
  "LK-VAULT-FILE": ["vault-format", "the file cannot be read or written", "check its folder and the disk"],
  "LK-VAULT-IN-USE": ["vault-free", "another program has the vault open", "let it end, then try again"],
  "LK-KEY-DAMAGED": [
    "vault-opens",
    "the stored key is damaged",
    "keep the file, and add this device again from another one",
  ],
};

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof doctorSpec>,
): Promise<Outcome> {
  const found = await examine(context, positionals.subject);
  const checks = options.redact ? found.map(createRedaction(context)) : found;
  const failed = checks.filter(({ ok }) => ok === false).length;
  return {
    data: { failed, checks: checks.map(describeCheck) },
    text: () => renderChecks(checks, failed),
    exitCode: failed === 0 ? EXIT.done : EXIT.problems,
  };
}

async function examine(
  context: CommandContext,
  subject: InputOf<typeof doctorSpec>["positionals"]["subject"],
): Promise<readonly Check[]> {
  if (subject === "windows") return checkWindows(context);
  if (subject === "browser") return (await import("./doctor/check-browser.ts")).checkBrowser(context);
  const local = subject === undefined ? checkMachine() : [];
  const file = checkVaultFile(context.globals.vault);
  const isThere = file[0]?.ok === true;
  return [
    ...local,
    ...(subject === undefined || !isThere ? file : []),
    ...(isThere ? await checkInside(context, subject) : []),
  ];
}

async function checkInside(
  context: CommandContext,
  subject: "relay" | "sync" | undefined,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  try {
    // Its relays are told by a session that has them; whether they can be reached is asked below.
    const session = await openSession(context, { withRelays: true });
    try {
      if (subject === undefined) checks.push(makeCheck("vault-format", true, "the file is a vault", ""));
      if (context.globals.passphraseFd !== null) await session.call("unlock", {});
      const status = await session.call("status", {});
      if (status["state"] !== "open") {
        checks.push(
          skipCheck("vault-opens", "the vault is locked: give a passphrase with --passphrase-stdin"),
        );
        return checks;
      }
      checks.push(makeCheck("vault-opens", true, "the vault opens", ""));
      if (subject === undefined) checks.push(...checkContent(status));
      if (subject !== "relay") checks.push(...checkSync(status));
      if (subject === undefined) checks.push(...checkHealth(status));
      if (subject !== "sync") checks.push(...(await checkRelays(status, context.signal)));
      return checks;
    } finally {
      await session.close();
    }
  } catch (error) {
    const finding = isVaultError(error) ? FINDINGS[error.code] : undefined;
    if (finding === undefined) throw error;
    const [id, text, hint] = finding;
    return [...checks, makeCheck(id, false, text, hint)];
  }
}

async function checkRelays(status: JsonObject, signal: AbortSignal): Promise<readonly Check[]> {
  const relays = status["relays"] as readonly { readonly origin: string }[];
  if (relays.length === 0) return [skipCheck("relay-reachable", "this vault has no relay")];
  return (await Promise.all(relays.map(({ origin }) => checkRelay(origin, signal)))).flat();
}

function renderChecks(checks: readonly Check[], failed: number): string {
  const lines = checks.flatMap(({ id, ok, text, hint }) => [
    makePrintable(`${ok === null ? "left out" : ok ? "ok      " : "problem "}  ${id}: ${text}`),
    ...(hint === null ? [] : [makePrintable(`          ${hint}`)]),
  ]);
  const left = checks.filter(({ ok }) => ok === null).length;
  const summary = failed === 0 ? "no problem found" : `${countOf(failed, "problem")} found`;
  return [...lines, "", left === 0 ? summary : `${summary}, ${countOf(left, "check")} left out`].join("\n");
}
