/**
 * What of a vault wants a person's attention before something is lost (experience.md § 7, U6; R1 and R3): copies, the recovery page, decisions, old
 * passkeys in use. A judgement of given facts, for people: nothing decides by it. All facts are what devices said in signed entries or wrote
 * down themselves; a device that is silent may have more.
 */
import type { Passkey } from "../vault/credentials.ts";
import type { PasskeyId } from "../vault/schema.ts";
import type { DeviceSync } from "./describe-sync.ts";

const DAY_MS = 86_400_000;
/** A device says that it lives once a day while it is on: after so many days of silence its copy is called old. */
export const UNSEEN_DAYS = 30;
/** A page that was not tested for so long is worth a reminder (experience.md, R3). */
export const TEST_AGAIN_DAYS = 180;

/** Of the page that is to be kept and tested. Times in ms since 1970. */
export interface PageFacts {
  readonly testedAt: number | null;
  /** A device that was put out could write its locator. */
  readonly exposed: boolean;
}

export interface HealthFacts {
  /** Ms since 1970, by this device's clock. */
  readonly now: number;
  /** Every device of the vault. */
  readonly devices: readonly Pick<DeviceSync, "id" | "name" | "thisDevice" | "lastHeardAt" | "addedDay">[];
  readonly passkeys: readonly Passkey[];
  /** Passkeys that no other device has acknowledged, where there are others. */
  readonly onlyHere: readonly PasskeyId[];
  /** `null`: there is none. */
  readonly page: PageFacts | null;
  /** Of passkeys that were replaced, when one of the devices last signed in with them, in ms since 1970. */
  readonly replacedUses: ReadonlyMap<PasskeyId, number>;
}

export interface ReplacedUse {
  readonly id: PasskeyId;
  /** Ms since 1970, by the clock of the device that used it. */
  readonly usedAt: number;
}

/** `days`: since it was last heard, or tested; `null` where a page never was. */
export type HealthFinding =
  | { readonly is: "one-copy" }
  | { readonly is: "only-here"; readonly passkeys: readonly PasskeyId[] }
  | { readonly is: "stale-copy"; readonly device: string; readonly name: string; readonly days: number }
  | { readonly is: "page-exposed" }
  | { readonly is: "page-untested"; readonly days: number | null }
  | { readonly is: "conflict-open"; readonly passkeys: readonly PasskeyId[] }
  | { readonly is: "replaced-but-used"; readonly passkeys: readonly ReplacedUse[] };

/** What was found, the most urgent first; empty when all is well. */
export function judgeHealth(facts: HealthFacts): readonly HealthFinding[] {
  const { devices, passkeys, onlyHere, page } = facts;
  const conflicts = passkeys.filter(({ offered }) => offered.length > 0).map(({ id }) => id);
  const used = listReplacedUses(facts);
  const findings: HealthFinding[] = [];
  // R1: two durable copies are two devices, or a device and a page that was tested.
  if (devices.length < 2 && (page?.testedAt ?? null) === null) findings.push({ is: "one-copy" });
  if (onlyHere.length > 0) findings.push({ is: "only-here", passkeys: onlyHere });
  findings.push(...listStaleCopies(facts));
  if (page?.exposed === true) findings.push({ is: "page-exposed" });
  findings.push(...judgePageTest(facts));
  if (conflicts.length > 0) findings.push({ is: "conflict-open", passkeys: conflicts });
  if (used.length > 0) findings.push({ is: "replaced-but-used", passkeys: used });
  return findings;
}

/** The longest silence first. Silence counts from when both were in the vault: who is new has heard nobody yet. */
function listStaleCopies({ now, devices }: HealthFacts): HealthFinding[] {
  const here = devices.find(({ thisDevice }) => thisDevice)?.addedDay ?? 0;
  return devices
    .filter(({ thisDevice }) => !thisDevice)
    .map(({ id, name, lastHeardAt, addedDay }) => ({
      is: "stale-copy" as const,
      device: id,
      name,
      days: Math.floor((now - Math.max(lastHeardAt ?? 0, addedDay * DAY_MS, here * DAY_MS)) / DAY_MS),
    }))
    .filter(({ days }) => days >= UNSEEN_DAYS)
    .sort((a, b) => b.days - a.days || (a.name < b.name ? -1 : 1));
}

function judgePageTest({ now, page }: HealthFacts): HealthFinding[] {
  if (page === null || !isTestDue(page, now)) return [];
  return [
    {
      is: "page-untested",
      days: page.testedAt === null ? null : Math.floor((now - page.testedAt) / DAY_MS),
    },
  ];
}

/** Whether a page wants to be tested at `now`, in ms since 1970. */
export const isTestDue = ({ testedAt }: Pick<PageFacts, "testedAt">, now: number): boolean =>
  testedAt === null || now - testedAt > TEST_AGAIN_DAYS * DAY_MS;

/**
 * Replaced passkeys with which somebody signed in later: at the site the old one still stands, and a device did not know. A deletion tells its
 * day and no more, so a use on that day may be from before and is left out.
 */
function listReplacedUses({ passkeys, replacedUses }: HealthFacts): ReplacedUse[] {
  return passkeys.flatMap(({ id, state, deletion }) => {
    const usedAt = replacedUses.get(id);
    if (state !== "deleted" || deletion?.replacedBy == null || usedAt === undefined) return [];
    return Math.floor(usedAt / DAY_MS) > deletion.day ? [{ id, usedAt }] : [];
  });
}
