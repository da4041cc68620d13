/**
 * What a screen can know of a vault, as the device describes it. Never a private key. Days are `2026-11-22`, moments ISO 8601, other times
 * milliseconds since 1970.
 */

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
  /** Two copies of this device write at once: somebody copied its file. */
  readonly livesTwice: boolean;
}

export interface MailboxView {
  readonly origin: string;
  readonly state: "connecting" | "joined" | "settled" | "offline";
  /** An error code. */
  readonly problem: string | null;
  /** How often it was found without what it had, and given it again. */
  readonly healed: number;
  readonly settledAt: number | null;
}

export interface VaultFacts {
  /** This device's name; `null` until the others know it. */
  readonly device: string | null;
  /** Six words that are the same on all devices with the same content. */
  readonly fingerprint: string;
  readonly entries: number;
  readonly waiting: number;
  readonly refused: number;
  readonly missing: number;
  readonly damagedEntries: number;
  readonly snapshotDamaged: boolean;
}

/** The name that people know a passkey by. */
export const nameOf = ({ title, site, id }: PasskeyView): string => title ?? site ?? id.slice(0, 8);
