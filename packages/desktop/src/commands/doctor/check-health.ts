/**
 * Checks of what could be lost although nothing is broken: copies, the recovery page, decisions (`core/device/health.ts`). Nobody is named: a
 * report may go to strangers.
 */
import type { JsonObject } from "../../terminal/json.ts";
import { countOf } from "../facts.ts";
import type { FindingData } from "../health-text.ts";
import { type Check, makeCheck, skipCheck } from "./check.ts";

/** `status`: of an open vault. */
export function checkHealth(status: JsonObject): readonly Check[] {
  const findings = status["health"] as unknown as readonly FindingData[];
  const judge = (id: string, good: string, ...kinds: readonly FindingData["is"][]): Check => {
    const said = findings.filter(({ is }) => kinds.includes(is)).map(describe);
    const text = said.map(([found]) => found).join("; ");
    const hints = new Set(said.map(([, hint]) => hint));
    return makeCheck(id, said.length === 0, said.length === 0 ? good : text, [...hints].join("; "));
  };
  return [
    judge("copies", "nothing is on this device alone", "one-copy", "only-here", "stale-copy"),
    status["recovery"] === null
      ? skipCheck("recovery-page", "this vault has none")
      : judge("recovery-page", "the page was tested", "page-exposed", "page-untested"),
    judge("decisions", "no decision is open", "conflict-open", "replaced-but-used"),
  ];
}

function describe(finding: FindingData): readonly [text: string, hint: string] {
  switch (finding.is) {
    case "one-copy":
      return [
        "the vault is only on this device",
        "add another one with latchkey device add, or make a recovery page and test it: latchkey recovery create",
      ];
    case "only-here":
      return [
        `${countOf(finding.passkeys.length, "passkey")} known only on this device`,
        "run latchkey up here and on another device",
      ];
    case "stale-copy":
      return [
        `a device was not heard from for ${countOf(finding.days, "day")}`,
        "open Latchkey there, or put it out with latchkey device remove; latchkey status names it",
      ];
    case "page-exposed":
      return [
        "a device was removed that knew the recovery page's place",
        "make a new page with latchkey recovery create",
      ];
    case "page-untested":
      return [
        finding.days === null
          ? "the page was never tested"
          : `not tested for ${countOf(finding.days, "day")}`,
        "try it with latchkey recovery test",
      ];
    case "conflict-open":
      return [
        `${countOf(finding.passkeys.length, "passkey")} with a decision to make`,
        "decide with latchkey conflict list and latchkey conflict resolve",
      ];
    case "replaced-but-used":
      return [
        `${countOf(finding.passkeys.length, "passkey")} replaced and signed in with later`,
        "remove the old one at its site, or take it back with latchkey passkey restore; latchkey status names it",
      ];
  }
}
