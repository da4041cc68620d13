/** What was done with the vault, and what is to be replaced after a device was lost, as screens see it. */

/** A line of the activity log, with what it is about as far as the vault still knows it. */
export interface ActivityLineView {
  /** A public key, and the device's number of the line: together they name it. */
  readonly device: string;
  readonly number: number;
  readonly deviceName: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly count: number | null;
  readonly site: string | null;
  readonly user: string | null;
  readonly about: string | null;
}

export interface ActivityView {
  readonly lines: readonly ActivityLineView[];
  readonly logs: readonly {
    readonly name: string | null;
    readonly lines: number;
    readonly problems: readonly unknown[];
  }[];
}

export type RotationReason = "mail" | "domain" | "bank" | "work" | "favourite" | "used-there";

export interface RotationStepView {
  readonly id: string;
  readonly site: string;
  readonly user: string | null;
  readonly title: string | null;
  readonly reasons: readonly RotationReason[];
  readonly state: "open" | "done" | "gone";
}

/** Pages of a site, as it says itself; `null`: it does not. */
export interface SitePagesView {
  readonly enroll: string | null;
  readonly manage: string | null;
}
