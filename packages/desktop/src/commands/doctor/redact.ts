/**
 * What the doctor found without what names a person: a report for strangers. Known strings are replaced, longest first, so that a path goes as
 * a whole; relays keep a number, so that two lines about one relay still show that.
 */
import { homedir, hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import type { CommandContext } from "../../cli/context.ts";
import type { Check } from "./check.ts";

const ORIGIN = /\b(?:https?|wss?):\/\/[^\s/]+/g;
/** `S-1-5-21-…`: the person, to Windows. */
const SECURITY_ID = /\bS-1-5-[\d-]+/g;
/** Shorter ones are parts of ordinary words. */
const LEAST_LENGTH = 3;

export function createRedaction({
  globals,
  env,
}: Pick<CommandContext, "globals" | "env">): (check: Check) => Check {
  const known: readonly (readonly [string | undefined, string])[] = [
    [globals.vault, "<vault>"],
    [dirname(globals.vault), "<folder>"],
    [env["LOCALAPPDATA"], "<folder>"],
    [homedir(), "<home>"],
    [hostname(), "<machine>"],
    [userInfo().username, "<user>"],
  ];
  const names = known
    .filter((entry): entry is [string, string] => (entry[0]?.length ?? 0) >= LEAST_LENGTH)
    .sort(([a], [b]) => b.length - a.length);
  const origins = new Map<string, string>();
  const numberOrigin = (origin: string): string => {
    const name = origins.get(origin) ?? `<address ${origins.size + 1}>`;
    origins.set(origin, name);
    return name;
  };
  const redact = (text: string): string =>
    names
      .reduce((line, [name, stand]) => line.replaceAll(name, stand), text)
      .replace(ORIGIN, numberOrigin)
      .replace(SECURITY_ID, "<user>");
  return (check) => ({
    ...check,
    // The record of this device says its name, and nothing else.
    text: check.id === "own-device" && check.ok === true ? "this device is <name>" : redact(check.text),
    hint: check.hint === null ? null : redact(check.hint),
  });
}
