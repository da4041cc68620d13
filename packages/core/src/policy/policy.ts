/**
 * Reads what an organization has set. Strict: a value of the wrong kind or outside its bounds counts as not set and is named, and so is a
 * name that this version does not know. Whatever is wrong stops nothing else: a vault is not to be lost to a typing error in a policy, and
 * nobody is to believe that a policy holds which does not.
 *
 *   policy.json    {"DisableProvider": true, "AutoLockMinutes": 10, "ForceRelay": "https://relay.example"}
 *   registry       the same names under one key: 0 or 1, a number, a text
 */
import { isVaultError, VaultError } from "../errors.ts";
import { parseRelayAddress, type RelayAddress } from "../relay-protocol/relay-address.ts";
import { POLICY_SETTINGS, type Setting, type SettingName } from "./settings.ts";

export interface Policy {
  readonly disableProvider: boolean;
  /** `null`: as the person has it. */
  readonly autoLockMinutes: number | null;
  /** `null`: those of the vault. */
  readonly forceRelay: RelayAddress | null;
  readonly forbidPlainExport: boolean;
  readonly forbidAddingDevices: boolean;
  readonly requireSecondDevice: boolean;
  /** Days that a recovery page may be old; `null`: as long as it is good. */
  readonly maxPageAgeDays: number | null;
  /** Days that its last test may be past; `null`: as the app advises. */
  readonly maxDrillAgeDays: number | null;
  /** A folder's absolute path; `null`: the log stays in the vault. */
  readonly logSink: string | null;
}

export interface PolicyReading {
  readonly policy: Policy;
  /** What is set and makes a difference, in the order of the list: a switch that is off is not in it. */
  readonly managed: readonly SettingName[];
  /** What is wrong, each in one sentence that names the place; empty when all is well. */
  readonly problems: readonly string[];
}

const NOTHING: Policy = {
  disableProvider: false,
  autoLockMinutes: null,
  forceRelay: null,
  forbidPlainExport: false,
  forbidAddingDevices: false,
  requireSecondDevice: false,
  maxPageAgeDays: null,
  maxDrillAgeDays: null,
  logSink: null,
};
/** Where nobody has set anything. */
export const NO_POLICY: PolicyReading = { policy: NOTHING, managed: [], problems: [] };
/** Characters of a file; all settings together are far below. */
export const MAX_POLICY_LENGTH = 16_384;
const DAY_MS = 86_400_000;
/** Unknown names are quoted up to here. */
const MAX_QUOTED = 40;

/** Never throws. `source`: what people call the place, for the problems. */
export function readPolicyText(text: string, source: string): PolicyReading {
  if (text.length > MAX_POLICY_LENGTH) {
    return broken(
      `${source} has ${text.length} characters, limit ${MAX_POLICY_LENGTH}; nothing of it counts`,
    );
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return broken(`${source} is not JSON; nothing of it counts`);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return broken(`${source} is not an object; nothing of it counts`);
  }
  return readPolicyValues(values as Readonly<Record<string, unknown>>, source);
}

/** A policy that cannot be read at all. */
export const broken = (problem: string): PolicyReading => ({ ...NO_POLICY, problems: [problem] });

/** Never throws. Values as JSON has them; a switch may also be 0 or 1, as the registry has it. */
export function readPolicyValues(values: Readonly<Record<string, unknown>>, source: string): PolicyReading {
  const problems = Object.keys(values)
    .filter((name) => !Object.hasOwn(POLICY_SETTINGS, name))
    .map((name) => `${source} sets ${quote(name)}, which this version does not know`);
  const managed: SettingName[] = [];

  function take<T>(name: SettingName, read: (value: unknown) => T | null): T | null {
    if (!Object.hasOwn(values, name)) return null;
    const value = read(values[name]);
    if (value === null)
      problems.push(`${source} sets ${name} to what is not ${describe(POLICY_SETTINGS[name])}`);
    else if (value !== false) managed.push(name);
    return value;
  }

  const takeSwitch = (name: NameOf<"boolean">): boolean => take(name, readSwitch) ?? false;
  const takeNumber = (name: NameOf<"number">): number | null =>
    take(name, (value) => readNumber(value, POLICY_SETTINGS[name]));

  const policy: Policy = {
    disableProvider: takeSwitch("DisableProvider"),
    autoLockMinutes: takeNumber("AutoLockMinutes"),
    forceRelay: take("ForceRelay", readRelay),
    forbidPlainExport: takeSwitch("ForbidPlainExport"),
    forbidAddingDevices: takeSwitch("ForbidAddingDevices"),
    requireSecondDevice: takeSwitch("RequireSecondDevice"),
    maxPageAgeDays: takeNumber("MaxPageAgeDays"),
    maxDrillAgeDays: takeNumber("MaxDrillAgeDays"),
    logSink: take("LogSink", readFolder),
  };
  return { policy, managed, problems };
}

type NameOf<K extends Setting["kind"]> = {
  [N in SettingName]: (typeof POLICY_SETTINGS)[N]["kind"] extends K ? N : never;
}[SettingName];

/** Throws `LK-POLICY-FORBIDDEN` where an organization has set `name`: what it forbids, or fixes, nobody does here. */
export function checkUnmanaged({ managed }: PolicyReading = NO_POLICY, name: SettingName): void {
  if (managed.includes(name)) throw new VaultError("LK-POLICY-FORBIDDEN", `policy ${name} is set`);
}

function readSwitch(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  return value === 0 || value === 1 ? value === 1 : null;
}

/** What of the recovery page is older than an organization wants it, or missing. Moments in ms since 1970; `page` `null`: there is none. */
export function listOverdue(
  { policy }: PolicyReading,
  page: { readonly madeAt: number; readonly testedAt: number | null } | null,
  now: number,
): readonly ("MaxPageAgeDays" | "MaxDrillAgeDays")[] {
  const isPast = (days: number | null, since: number | null): boolean =>
    days !== null && (since === null || now - since > days * DAY_MS);
  return [
    ...(isPast(policy.maxPageAgeDays, page?.madeAt ?? null) ? (["MaxPageAgeDays"] as const) : []),
    ...(isPast(policy.maxDrillAgeDays, page?.testedAt ?? null) ? (["MaxDrillAgeDays"] as const) : []),
  ];
}

/** Throws `LK-POLICY-FORBIDDEN` for another relay than the one that an organization has set. */
export function checkRelayAllowed({ policy }: PolicyReading = NO_POLICY, origin: string): void {
  if (policy.forceRelay !== null && policy.forceRelay.origin !== origin)
    throw new VaultError("LK-POLICY-FORBIDDEN", `policy ForceRelay allows ${policy.forceRelay.origin} alone`);
}

const readNumber = (
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max ? value : null;

/** From the root of a file system, and without what a terminal or a log would stumble over. */
function readFolder(value: unknown): string | null {
  if (typeof value !== "string" || value.length > POLICY_SETTINGS.LogSink.max) return null;
  return /^(?:\/|\\\\|[A-Za-z]:[\\/])\P{Cc}*$/u.test(value) ? value : null;
}

function readRelay(value: unknown): RelayAddress | null {
  if (typeof value !== "string") return null;
  try {
    return parseRelayAddress(value);
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

function describe(setting: Setting): string {
  switch (setting.kind) {
    case "boolean":
      return "true or false";
    case "number":
      return `a whole number from ${setting.min} to ${setting.max}`;
    case "text":
      return setting.of === "relay" ? "a relay's address" : "the absolute path of a folder";
  }
}

/** Control characters of somebody else's file do not reach a terminal. */
const quote = (name: string): string => JSON.stringify(name.slice(0, MAX_QUOTED));
