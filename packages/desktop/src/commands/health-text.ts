/** The words for what wants attention (experience.md § 7, U6): one calm line for each finding, with what to do. */
import { countOf } from "./facts.ts";

interface NamedPasskey {
  readonly id: string;
  readonly site: string | null;
  readonly user: string | null;
}

/** As the host describes it (`describe-health.ts`). */
export type FindingData =
  | { readonly is: "one-copy" | "page-exposed" }
  | {
      readonly is: "only-here" | "conflict-open" | "replaced-but-used";
      readonly passkeys: readonly NamedPasskey[];
    }
  | { readonly is: "stale-copy"; readonly name: string; readonly days: number }
  | { readonly is: "page-untested"; readonly days: number | null };

/** So many passkeys are named; the rest is counted. All are in `--json`. */
const NAMED = 3;

export function describeFinding(finding: FindingData): string {
  switch (finding.is) {
    case "one-copy":
      return "only on this device; latchkey device add makes a second copy, or a tested recovery page";
    case "only-here":
      return `known only on this device: ${nameSome(finding.passkeys)}; latchkey up here and on another device copies them`;
    case "stale-copy":
      return `${finding.name} was not heard from for ${countOf(finding.days, "day")}, so its copy may be old; open Latchkey there, or put it out with latchkey device remove`;
    case "page-exposed":
      return "a device was removed that knew the recovery page's place; latchkey recovery create makes a new page";
    case "page-untested":
      return finding.days === null
        ? "the recovery page was never tested; latchkey recovery test tries it"
        : `the recovery page was not tested for ${countOf(finding.days, "day")}; latchkey recovery test tries it`;
    case "conflict-open":
      return `${countOf(finding.passkeys.length, "passkey")} with a decision to make; see latchkey conflict list`;
    case "replaced-but-used":
      return `replaced and signed in with later: ${nameSome(finding.passkeys)}; remove the old passkey at the site, or take it back with latchkey passkey restore`;
  }
}

function nameSome(passkeys: readonly NamedPasskey[]): string {
  const names = passkeys
    .slice(0, NAMED)
    .map(({ id, site, user }) =>
      site === null ? id.slice(0, 8) : user === null ? site : `${site} (${user})`,
    );
  const more = passkeys.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
}
