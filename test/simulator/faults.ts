/** Faults that are put in on purpose, to see that the judges notice them (`judges.test.ts`). An ordinary run has none. */
import type { Device } from "@latchkey/core/device/device";
import type { RowChange } from "@latchkey/core/storage/device-store";

export interface Faults {
  /** What becomes of a commit on its way to the disk. */
  readonly onCommit?: (changes: readonly RowChange[]) => readonly RowChange[];
  /** A device that was just opened, to be changed. */
  readonly onOpened?: (device: Device) => void;
}

export const NO_FAULTS: Faults = {};
