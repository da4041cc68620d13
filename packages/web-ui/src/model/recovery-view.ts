/** What a screen can know of recovery pages. Days and moments as in `vault-view.ts`. */

/** The page that is to be kept, without its secret. */
export interface RecoveryView {
  readonly id: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** ISO 8601; `null`: never. */
  readonly testedAt: string | null;
  /** 1, or 3 of which any two open the vault. */
  readonly parts: number;
  readonly ageDays: number;
  /** It was not tested for half a year, or never. */
  readonly testDue: boolean;
  /** A device was removed that could spoil what the page needs of a mailbox. */
  readonly exposed: boolean;
}

/** One sheet of paper. Whoever has it, or two of three, has the vault. */
export interface PaperView {
  /** 0: it opens the vault alone; 1 to 3: one of three. */
  readonly part: number;
  readonly groups: readonly string[];
  /** What stands in its code. */
  readonly picture: string;
}

export interface NewPageView {
  readonly page: Pick<RecoveryView, "madeAt" | "parts">;
  readonly papers: readonly PaperView[];
  /** Who made it. */
  readonly device: string | null;
  readonly passkeys: number;
  /** Addresses of mailboxes. */
  readonly relays: readonly string[];
  /** How many earlier pages are put out by it. */
  readonly replaced: number;
  /** Those wait for contact with a mailbox. */
  readonly intended: boolean;
  /** Whether the mailboxes lead the page to the vault: without that it needs a backup file. */
  readonly locator: "told" | "waits" | "none";
}

/** `coming`: the vault was restored just now, and its new page is being made. */
export type NewPage =
  | { readonly kind: "coming" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "made"; readonly page: NewPageView };

export interface DrillView {
  readonly ageDays: number;
  readonly passkeys: number;
  /** Of them those that the page opens. */
  readonly opens: number;
  readonly locator: NewPageView["locator"];
}

export interface RestorePlan {
  /** Of this device. */
  readonly name: string;
  readonly passphrase: string;
  /** One text a page. */
  readonly pages: readonly string[];
  /** An address, or empty. */
  readonly mailbox: string;
  readonly backup: File | null;
}

/** What a page opens, before anything is made of it. */
export interface RestoreFoundView {
  /** Whether a mailbox was reached: what it has is in. */
  readonly isCurrent: boolean;
  readonly passkeys: number;
  readonly devices: readonly { readonly id: string; readonly name: string; readonly addedOn: string }[];
}

export interface RestoreTalk {
  /** Resolves with the ids of the devices to put out. */
  chooseLost(found: RestoreFoundView): Promise<readonly string[]>;
  /** The vault is here; its new page is still to come. */
  onRestored(): void;
}

/** Where backups go on by themselves. */
export interface BackupView {
  /** On the machine of the device host. */
  readonly folder: string;
  /** Between two; 0: never by itself. */
  readonly hours: number;
  /** How many are kept. */
  readonly copies: number;
  /** The newest first. */
  readonly files: readonly { readonly file: string; readonly madeAt: string }[];
}
