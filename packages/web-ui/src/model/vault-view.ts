/**
 * What a screen can know of a vault, as the device describes it. Never a private key. Days are `2026-11-22`, moments ISO 8601, other times
 * milliseconds since 1970.
 */
import type { ExportFormat, LeftOut, Loss } from "@latchkey/core/exchange/export-item";
import type { Counts, Outcome, Reason } from "@latchkey/core/exchange/report";
import type { RecoveryView } from "./recovery-view.ts";

/** A value of a field: text, true or false. */
export type FieldValue = string | boolean | null;

export interface ValueBy {
  readonly value: FieldValue;
  /** The name of a device. */
  readonly by: string;
}

/** A field that two devices set differently while apart. */
export interface ConflictView {
  readonly field: string;
  /** What is shown now. */
  readonly kept: ValueBy;
  readonly offered: readonly ValueBy[];
}

export interface PasskeyView {
  readonly id: string;
  /** `null` when this version cannot read the passkey. */
  readonly site: string | null;
  readonly user: string | null;
  readonly displayName: string | null;
  readonly title: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly archived: boolean;
  readonly state: "live" | "deleted" | "needs-attention";
  readonly createdAt: string | null;
  /** A COSE algorithm. */
  readonly algorithm: number | null;
  readonly deletedOn: string | null;
  /** The id of the passkey that took its place. */
  readonly replacedBy: string | null;
  readonly editedAfterDeletion: readonly (ValueBy & { readonly field: string })[];
  readonly conflicts: readonly ConflictView[];
}

export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly thisDevice: boolean;
  readonly addedOn: string;
  /** `null` for the device that made the vault. */
  readonly addedBy: string | null;
  /** ISO 8601; `null` when nothing of it ever came. */
  readonly lastHeardAt: string | null;
  /** Changes that are here and that it is not known to have. */
  readonly waitingForIt: number;
  /** It lists and may not sign yet; `null`: it may. */
  readonly probation: ProbationView | null;
  /** Two copies of this device write at once: somebody copied its file. */
  readonly livesTwice: boolean;
}

/** ISO 8601: when it ends by itself; `null` where another device has to agree. */
export interface ProbationView {
  readonly until: string | null;
}

export type ApprovalMode = "at-once" | "probation" | "second-device";

/** How a new device comes to sign. `wish`: what one device wants instead, until another one wants the same. */
export interface ApprovalView {
  readonly mode: ApprovalMode;
  readonly minutes: number;
  readonly wish: { readonly mode: ApprovalMode; readonly by: string | null } | null;
}

/** What the person wanted while no mailbox could be reached: it happens at the next contact. */
export interface IntentView {
  readonly id: string;
  readonly kind: "removal" | "purge" | "rotation";
  /** ISO 8601. */
  readonly since: string;
  /** Of a removal: whose; `null` for a device that has no name any more. */
  readonly device?: string | null;
  /** Of a purge. */
  readonly site?: string | null;
  readonly user?: string | null;
}

export interface MailboxView {
  readonly origin: string;
  readonly state: "idle" | "connecting" | "joined" | "settled" | "offline";
  /** An error code. */
  readonly problem: string | null;
  /** How often it was found without what it had, and given it again. */
  readonly healed: number;
  /** ISO 8601. */
  readonly settledAt: string | null;
}

/** On how many devices a passkey is known to be, and on which. */
export interface CopiesView {
  readonly have: number;
  readonly of: number;
  readonly devices: readonly string[];
}

/** One thing that happened to a passkey. */
export interface HistoryEventView {
  /** Names the change; several events may be of one. */
  readonly change: string;
  readonly what: "created" | "set" | "cleared" | "deleted" | "restored";
  readonly field: string | null;
  readonly value: FieldValue;
  /** The name of a device; `null` where it is not kept. */
  readonly by: string | null;
  readonly canRestore: boolean;
}

/** A passkey that a removed device had. */
export interface ExposedPasskeyView {
  readonly id: string;
  readonly site: string;
  readonly user: string | null;
  readonly title: string | null;
}

/** A device that is lost, and how many passkeys that it may hold are to be replaced. */
export interface LostDeviceView {
  readonly id: string;
  readonly name: string;
  readonly open: number;
}

/** A step until the system offers the passkeys of this vault. */
export type ProviderStepId =
  | "windows-version"
  | "windows-hello"
  | "windows-registered"
  | "windows-switched-on"
  | "enrolled";

export interface ProviderView {
  readonly steps: readonly { readonly id: ProviderStepId; readonly isDone: boolean }[];
  /** What has to be mended outside of Latchkey first, in the language that was asked for. */
  readonly obstacle: { readonly text: string; readonly hint: string | null } | null;
}

export interface VaultFacts {
  /** `null`: there is no recovery page. */
  readonly recovery: RecoveryView | null;
  /** This device's name; `null` until the others know it. */
  readonly device: string | null;
  /** Six words that are the same on all devices with the same content. */
  readonly fingerprint: string;
  /** This device's own. */
  readonly probation: ProbationView | null;
  readonly approval: ApprovalView;
  /** Devices that are lost and hold what is to be replaced. */
  readonly lost: readonly LostDeviceView[];
  /** What waits for contact with a mailbox. */
  readonly intents: readonly IntentView[];
  readonly entries: number;
  readonly waiting: number;
  readonly refused: number;
  readonly missing: number;
  readonly damagedEntries: number;
  readonly snapshotDamaged: boolean;
}

/** All that the practice site has of the person. */
export interface LearntView {
  readonly userName: string;
  readonly keyFingerprint: string;
  readonly signIns: number;
  /** The kind of authenticator, as it says of itself: a UUID. */
  readonly aaguid: string;
  readonly isBackedUp: boolean;
}

/** Where passkeys of the practice site are for. */
export const PRACTICE_SITE = "localhost";

/** The name that people know a passkey by. */
export const nameOf = ({ title, site, id }: PasskeyView): string => title ?? site ?? id.slice(0, 8);

/** A passkey of a file that is imported, as the report has it. */
export interface ImportRowView {
  readonly at: string;
  readonly rpId: string | null;
  readonly userName: string | null;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

export interface ImportReportView {
  readonly found: number;
  readonly counts: Counts;
  /** Credentials of other kinds, which stay in the file. */
  readonly others: number;
  readonly rows: readonly ImportRowView[];
}

export interface ImportBatchView {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly format: string;
  readonly planned: number;
  /** Of them those that are here. */
  readonly present: number;
  readonly canUndo: boolean;
}

export type { ExportFormat } from "@latchkey/core/exchange/export-item";

export interface ExportReviewView {
  /** How many would be in the file. */
  readonly passkeys: number;
  readonly leftOut: number;
  /** A free path on the machine. */
  readonly path: string;
  /** Passkeys that lose something, or are left out. */
  readonly rows: readonly {
    readonly id: string;
    readonly rpId: string;
    readonly userName: string | null;
    readonly leftOut: LeftOut | null;
    readonly losses: readonly Loss[];
  }[];
}

export interface ExportPlan {
  readonly format: ExportFormat;
  /** With a password of its own (Bitwarden): then nobody types the sentence. */
  readonly isProtected: boolean;
  readonly sentence: string;
  readonly path: string;
}
