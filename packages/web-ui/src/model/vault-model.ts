/**
 * What screens see, and what they can ask for. Screens do no IO: a desktop's page, a phone and a test each bring their own device behind
 * these two.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { SiteRequestView } from "../link/app-message.ts";
import type { BackupView, DrillView, NewPageView, RestorePlan, RestoreTalk } from "./recovery-view.ts";
import type {
  ApprovalMode,
  CopiesView,
  DeviceView,
  ExportFormat,
  ExportPlan,
  ExportReviewView,
  ExposedPasskeyView,
  FieldValue,
  HistoryEventView,
  ImportBatchView,
  ImportReportView,
  LearntView,
  MailboxView,
  PasskeyView,
  ProviderView,
  VaultFacts,
} from "./vault-view.ts";
import type { ActivityView, RotationStepView, SitePagesView } from "./activity-view.ts";
import type { ManagedView } from "./managed-view.ts";

/**
 * Where the person is before any screen is chosen: `no-key`: the page was not opened by Latchkey; `ended`: the device host is gone;
 * `no-vault`, `locked` and `open` are the device's own.
 * In a browser that is the device itself: `elsewhere`: another of its pages has the vault; `lost-copy`: the browser cleared it.
 */
export type Place =
  | "connecting"
  | "no-key"
  | "ended"
  | "no-vault"
  | "locked"
  | "open"
  | "elsewhere"
  | "lost-copy";

export interface VaultModel {
  readonly place: ReadonlySignal<Place>;
  /** What this machine calls itself. */
  readonly machine: ReadonlySignal<string>;
  /** What this device can do, by the names of its methods: nothing else is offered. */
  readonly methods: ReadonlySignal<readonly string[]>;
  readonly managed: ReadonlySignal<ManagedView>;
  /** All of them, those in the trash too; empty unless open. */
  readonly passkeys: ReadonlySignal<readonly PasskeyView[]>;
  readonly devices: ReadonlySignal<readonly DeviceView[]>;
  readonly mailboxes: ReadonlySignal<readonly MailboxView[]>;
  /** `null` until the open vault is here. */
  readonly facts: ReadonlySignal<VaultFacts | null>;
  /** What a website asks for through the browser; comes before everything else. */
  readonly request: ReadonlySignal<SiteRequestView | null>;
}

/** Why an act failed: one of the stable codes, `LK-…`. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A code that came over: its text, or a picture of it (PNG). */
export type BroughtCode = { readonly text: string } | { readonly picture: Uint8Array };

/** How a new device meets the one that is there: its invitation, words that it shows, or a code that *this* device shows. */
export type JoinDoor =
  | { readonly kind: "invitation"; readonly code: BroughtCode }
  /** `mailbox`: the address of the one that gave the number. */
  | { readonly kind: "words"; readonly words: string; readonly mailbox: string }
  | { readonly kind: "request"; readonly mailbox: string };

export interface JoinPlan {
  readonly name: string;
  readonly passphrase: string;
  readonly door: JoinDoor;
}

/** `request`: this device's own code; `code`: to be typed on the other device, with the words of the vault that is joined; `copying`: it was right. */
export type JoinEvent =
  | { readonly kind: "request"; readonly text: string; readonly modules: readonly string[] }
  | { readonly kind: "code"; readonly code: string; readonly vaultWords: string }
  | { readonly kind: "copying" };

/** How another device is added. The vault is given to whoever's code a `request` is: it may come from this device's own scanner or paste field alone. */
export type AddDeviceDoor =
  /** `app`: the https address of the phone app; `null` for a computer. */
  | { readonly kind: "code"; readonly app: string | null }
  | { readonly kind: "words" }
  | { readonly kind: "request"; readonly code: BroughtCode };

/** What happens while another device is being added. */
export type AddDeviceEvent =
  /** `modules`: the code's rows, `1` is dark. `text`: the same, to paste. */
  | { readonly kind: "invitation"; readonly text: string; readonly modules: readonly string[] }
  /** A number and two words, and the address of the mailbox that gave the number. */
  | { readonly kind: "words"; readonly words: string; readonly mailbox: string }
  /** ISO 8601: when the round is over by itself. `isFinal`: no more time is given. */
  | { readonly kind: "ends"; readonly at: string; readonly isFinal: boolean }
  | { readonly kind: "last-invitation" }
  | { readonly kind: "claimed" }
  | { readonly kind: "candidate"; readonly name: string; readonly platform: string }
  | { readonly kind: "code-refused"; readonly triesLeft: number };

export interface AddDeviceTalk {
  /** A user verification: before anything is shown, and again before the device gets its copy. */
  askPassphrase(): Promise<string>;
  askCode(): Promise<string>;
  onEvent(event: AddDeviceEvent): void;
  /** Of this round; `more-time` asks for more time, once, or for another invitation after the last one. */
  readonly wishes: EventTarget;
}

/** Of an import and an export; the person's answers, given before. */
export interface MovingSecrets {
  /** Empty where the device itself verifies the person. */
  readonly passphrase: string;
  /** Of the file, where it has one or gets one. */
  readonly password: string | null;
}

export interface ImportChoices {
  readonly withTrash: boolean;
  /** They were registered as not backed up. */
  readonly unbacked: boolean;
}

/** Every act is saved on this device when it resolves; all of them reject with a `CommandError`. */
export interface DeviceCommands {
  suggestPassphrase(): Promise<string>;
  createVault(name: string, passphrase: string): Promise<void>;
  joinVault(plan: JoinPlan, onEvent: (event: JoinEvent) => void, signal: AbortSignal): Promise<void>;
  unlock(passphrase: string): Promise<void>;
  /** Agrees to what a website asks for. `passphrase` `null`: the system verifies, or nothing is to be verified. */
  answerRequest(id: number, passphrase: string | null, account: number): Promise<void>;
  /** `forOthers`: the person wants the browser to ask something else than Latchkey. */
  denyRequest(id: number, forOthers: boolean): Promise<void>;
  lock(): Promise<void>;
  /** `value` null clears the field. */
  editPasskey(id: string, field: string, value: FieldValue): Promise<void>;
  deletePasskey(id: string): Promise<void>;
  restorePasskey(id: string): Promise<void>;
  /** `choice` 0 keeps what is shown, 1 and up take an offered value. */
  resolveConflict(id: string, field: string, choice: number): Promise<void>;
  /** Oldest first. */
  readHistory(id: string): Promise<readonly HistoryEventView[]>;
  /** Writes again what a change wrote of one field. */
  restoreEarlier(id: string, change: string, field: string): Promise<void>;
  readCopies(id: string): Promise<CopiesView>;
  /** Erases a passkey of the trash on every device. */
  purgePasskey(id: string, passphrase: string): Promise<void>;
  /** What would come in; nothing is written. Rejects with `LK-IMPORT-PASSWORD` where the file needs one and `password` is not it. */
  reviewImport(
    files: readonly File[],
    choices: ImportChoices,
    password: string | null,
  ): Promise<ImportReportView>;
  /** Takes it in. `onProgress`: passkeys that are saved, of how many. */
  importPasskeys(
    files: readonly File[],
    choices: ImportChoices,
    secrets: MovingSecrets,
    onProgress: (done: number, total: number) => void,
  ): Promise<number>;
  listImports(): Promise<readonly ImportBatchView[]>;
  undoImport(batch: string): Promise<void>;
  reviewExport(format: ExportFormat): Promise<ExportReviewView>;
  /** Writes the file on the machine of the device host. Resolves with how many passkeys are in it. */
  exportPasskeys(plan: ExportPlan, secrets: MovingSecrets): Promise<number>;
  /** `isSplit`: three pages, any two of which open the vault. */
  makePage(isSplit: boolean, passphrase: string): Promise<NewPageView>;
  /** `pages`: what was typed or scanned, one text a page. Nothing is opened by it. Rejects with `LK-RECOVERY-…`. */
  testPage(pages: readonly string[]): Promise<DrillView>;
  /** `null`: no folder was chosen. */
  readBackups(): Promise<BackupView | null>;
  /** Makes the first backup there, too. */
  setBackupFolder(folder: string, passphrase: string): Promise<void>;
  /** Makes one more now, and reads it back. */
  runBackup(): Promise<void>;
  /** Every seal and signature of it. Rejects with `LK-EXPORT-…`. */
  verifyBackup(folder: string, file: string): Promise<void>;
  /** Makes the lost vault anew on this device. Resolves with the page that takes the used one's place. */
  restoreVault(plan: RestorePlan, talk: RestoreTalk, signal: AbortSignal): Promise<NewPageView>;
  syncNow(): Promise<void>;
  renameDevice(id: string, name: string): Promise<void>;
  /** Resolves with the passkeys that it had. */
  removeDevice(id: string, passphrase: string): Promise<readonly ExposedPasskeyView[]>;
  /** Of the last days, the newest first. */
  readActivity(days: number): Promise<ActivityView>;
  /** What a lost device may hold, the most urgent first. */
  readRotation(device: string): Promise<readonly RotationStepView[]>;
  /** A passkey was replaced at its site, or was not after all. */
  markRotated(passkey: string, isDone: boolean): Promise<void>;
  /** Asks the passkey's site, and nobody else. */
  findSitePages(passkey: string): Promise<SitePagesView>;
  /** Ends a probation, by this device's word. */
  approveDevice(id: string, passphrase: string): Promise<void>;
  /** Puts a device out that is on probation. */
  denyDevice(id: string, passphrase: string): Promise<void>;
  /** Takes back what waits for contact. */
  withdrawIntent(id: string): Promise<void>;
  setApproval(mode: ApprovalMode, passphrase: string): Promise<void>;
  removeMailbox(origin: string): Promise<void>;
  /** Makes a passkey at the practice site. */
  practiseRegister(userName: string, passphrase: string): Promise<LearntView>;
  practiseSignIn(passphrase: string): Promise<LearntView>;
  /** How far Latchkey is set up as a passkey provider of the system. */
  readProvider(language: "de" | "en"): Promise<ProviderView>;
  /** Registers, and has the system's own verification open the vault beside the passphrase. */
  setUpProvider(passphrase: string): Promise<void>;
  /** Shows the system's switch, and resolves when the person has turned it. */
  switchProviderOn(signal: AbortSignal): Promise<void>;
  addMailbox(address: string): Promise<void>;
  /** A mailbox on this device, for the vaults of this machine. */
  startMailbox(): Promise<void>;
  /** Resolves with the new device's name. */
  addDevice(door: AddDeviceDoor, talk: AddDeviceTalk, signal: AbortSignal): Promise<string>;
}
