/** What an organization has set, as screens see it. */

/** What an organization has set on this machine (`core/policy`): it is shown, and nobody changes it in the app. */
export interface ManagedView {
  readonly disableProvider: boolean;
  readonly autoLockMinutes: number | null;
  /** The address of the one mailbox that is used. */
  readonly forceRelay: string | null;
  readonly forbidPlainExport: boolean;
  readonly forbidAddingDevices: boolean;
  readonly requireSecondDevice: boolean;
  readonly maxPageAgeDays: number | null;
  readonly maxDrillAgeDays: number | null;
  /** A folder on this machine. */
  readonly logSink: string | null;
  /** What of it does not count, each in a sentence. */
  readonly problems: readonly string[];
}

export const UNMANAGED: ManagedView = {
  disableProvider: false,
  autoLockMinutes: null,
  forceRelay: null,
  forbidPlainExport: false,
  forbidAddingDevices: false,
  requireSecondDevice: false,
  maxPageAgeDays: null,
  maxDrillAgeDays: null,
  logSink: null,
  problems: [],
};
