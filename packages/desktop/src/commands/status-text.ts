/** The words of `latchkey status` (experience.md § 7, U6): what there is, then what wants to be known, each on a line. */
import { POLICY_SETTINGS, type SettingName } from "@latchkey/core/policy/settings";
import type { JsonObject } from "../terminal/json.ts";
import { countOf, type Fact, renderFacts } from "./facts.ts";
import { describeFinding, type FindingData } from "./health-text.ts";
import { describeIntent, type IntentData } from "./intent-text.ts";
import { describeProbation, type ProbationData } from "./probation-text.ts";
import { type ApprovalData, describeRule, describeWish } from "./settings-text.ts";
import { listSyncFacts, type SyncData } from "./sync-text.ts";

/** As the host describes a vault (`host/describe-vault.ts`). */
interface StatusData {
  readonly vault: string;
  readonly state: "open" | "locked";
  readonly managed: readonly SettingName[];
  readonly policyProblems: readonly string[];
  /** Of the recovery page, what is older than the organization wants. */
  readonly overdue?: readonly (keyof typeof OVERDUE)[];
}

/** As `recovery-methods.ts` describes it. */
interface RecoveryData {
  readonly madeAt: string;
  readonly testedAt: string | null;
  readonly parts: number;
}

interface OpenStatusData extends StatusData, SyncData {
  readonly device: string | null;
  readonly fingerprint: string;
  readonly devices: number;
  readonly probation: ProbationData | null;
  readonly approval: ApprovalData;
  readonly intents: readonly IntentData[];
  readonly standing: "member" | "behind" | "removed" | "overlooked" | "undecided";
  readonly passkeys: number;
  readonly inTrash: number;
  readonly needAttention: number;
  readonly unopened: number;
  readonly waiting: number;
  readonly refused: number;
  readonly missing: number;
  readonly devicesThatLiveTwice: number;
  readonly damagedEntries: number;
  readonly snapshotDamaged: boolean;
  readonly recovery: RecoveryData | null;
  readonly health: readonly FindingData[];
}

export function renderStatus(data: JsonObject, hasHost: boolean, now: number): string {
  const status = data as unknown as StatusData;
  if (status.state === "locked")
    return renderFacts([["vault", status.vault], ["state", "locked"], ...listManaged(status)]);
  const open = status as OpenStatusData;
  return renderFacts([
    ["vault", open.vault],
    ["state", hasHost ? "open" : "open for this command only"],
    ["this device", open.device ?? "not yet known to the others"],
    ["devices", open.devices],
    ["passkeys", open.passkeys],
    ["in trash", open.inTrash === 0 ? null : open.inTrash],
    ["fingerprint", open.fingerprint],
    ...listSyncFacts(open, now),
    ["page", describeRecovery(open.recovery)],
    ["new devices", open.approval.mode === "at-once" ? null : describeRule(open.approval)],
    ...open.intents.map((each): Fact => [
      "waits",
      `${describeIntent(each)}: at the next contact, when you are verified`,
    ]),
    ...listApprovalNotes(open).map((note): Fact => ["note", note]),
    ...(STANDINGS[open.standing] === null ? [] : [["note", STANDINGS[open.standing]] as Fact]),
    ...listConcerns(open).map((concern): Fact => ["note", concern]),
    ...open.health.map((finding): Fact => ["note", describeFinding(finding)]),
    ...listManaged(open),
  ]);
}

function describeRecovery(page: RecoveryData | null): string {
  if (page === null) return "none; latchkey recovery create makes one";
  const made = `made on ${page.madeAt.slice(0, 10)}${page.parts === 1 ? "" : ", two of three pages"}`;
  return `${made}, ${page.testedAt === null ? "not tested yet" : `tested on ${page.testedAt.slice(0, 10)}`}`;
}

/** Who waits for whose yes. */
function listApprovalNotes({ probation, approval }: OpenStatusData): string[] {
  const own = probation === null ? [] : [`this device is ${describeProbation(probation)}`];
  return approval.wish === null ? own : [...own, `asked for: new devices: ${describeWish(approval.wish)}`];
}

const OVERDUE = {
  MaxPageAgeDays: "your organization wants a new recovery page: latchkey recovery create",
  MaxDrillAgeDays: "your organization wants the recovery page tested: latchkey recovery test",
} as const;

/** What an organization has set; and what of it does not count, each time, so that nobody believes that it does. */
function listManaged({ managed, policyProblems, overdue = [] }: StatusData): Fact[] {
  return [
    ...overdue.map((name): Fact => ["overdue", OVERDUE[name]]),
    ...managed.map((name): Fact => [
      "managed",
      `by your organization: ${POLICY_SETTINGS[name].en.shown} (${name})`,
    ]),
    ...policyProblems.map((problem): Fact => ["policy problem", problem]),
  ];
}

/** What it means that the device is not in the vault's present keys. */
const STANDINGS: Readonly<Record<OpenStatusData["standing"], string | null>> = {
  member: null,
  behind: "the vault's keys were changed; this device follows as soon as its mailbox has the new copy",
  removed: "this device was removed from the vault: it keeps what it had and gets nothing new",
  overlooked:
    "another device changed the vault's keys before it knew of this one; open Latchkey there to let it in",
  undecided:
    "two of your devices removed each other; choose with latchkey device trust, on each of your devices",
};

/** What is not as it should be, the most urgent first. */
function listConcerns(status: OpenStatusData): string[] {
  const concerns: readonly (readonly [count: number, text: string])[] = [
    [status.devicesThatLiveTwice, `a copy of ${countOf(status.devicesThatLiveTwice, "device")} exists`],
    [
      status.damagedEntries,
      `${countOf(status.damagedEntries, "change")} damaged in the file; fetched again from a relay or a device`,
    ],
    [status.snapshotDamaged ? 1 : 0, "the snapshot in the file is damaged; fetched again from a relay"],
    [status.refused, `${countOf(status.refused, "change")} that arrived set aside; see latchkey doctor sync`],
    [status.missing, `changes of ${countOf(status.missing, "device")} are known of and not here yet`],
    [status.waiting, `${countOf(status.waiting, "change")} waiting for others that come before`],
    [
      status.needAttention,
      `${countOf(status.needAttention, "passkey")} that this version cannot read, kept as it is`,
    ],
    [
      status.unopened,
      `${countOf(status.unopened, "passkey")} that the new keys do not open; this device keeps the old keys, too`,
    ],
  ];
  return concerns.filter(([count]) => count > 0).map(([, text]) => text);
}
