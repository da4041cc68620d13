/**
 * The port behind which a device keeps its vault: a few tables of rows, bytes to bytes, changed in transactions. SQLite on desktops,
 * IndexedDB on phones; adapters run one contract suite.
 *
 * What is in the rows is sealed or signed by the layers above. The store owes them three things: a commit is all or nothing and
 * durable when its promise resolves; rows come back in key order; and a row that changed by itself (a flipped bit, a cut) comes back
 * as damaged, never as something else.
 */

/**
 * | table    | key                                | value                                                          |
 * | -------- | ---------------------------------- | -------------------------------------------------------------- |
 * | meta     | name, UTF-8                        | tiers, epoch, members, tips: kept twice, nothing opens without  |
 * | entry    | log id (16) ‖ position ‖ tag ‖ …   | an accepted entry, as it travels                               |
 * | held     | log id (16) ‖ entry hash (32)      | an entry that waits or was refused, with the reason            |
 * | snapshot | log id (16)                        | the epoch's sealed snapshot, as it travels                     |
 * | cache    | position u64, or one byte          | the document as last saved and the changes since: rebuildable  |
 * | sign-in  | keyed hash of an rpId (32)         | that site's passkeys, sealed                                   |
 * | journal  | session (8) ‖ number u64           | one of this device's own operations, sealed                    |
 * | relay    | relay (16) [‖ entry hash (32)]     | where a relay stands and what it is known to hold              |
 * | audit    | device (32) ‖ number u64 ‖ hash (8)| a line of a device's activity log, sealed                      |
 */
export type Table =
  | "meta"
  | "entry"
  | "held"
  | "snapshot"
  | "cache"
  | "sign-in"
  | "journal"
  | "relay"
  | "audit";

export interface Row {
  readonly key: Uint8Array;
  /** `null`: the row is there but damaged. */
  readonly value: Uint8Array | null;
}

/** One row to write, or with `value: null` to delete. */
export interface RowChange {
  readonly table: Table;
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

export interface DeviceStore {
  /** The row, or `null` when there is none. */
  get(table: Table, key: Uint8Array): Promise<Row | null>;
  /** All rows whose key begins with `prefix`, in bytewise key order. */
  scan(table: Table, prefix?: Uint8Array): Promise<readonly Row[]>;
  /** Applies all changes in one durable transaction, or none: then throws `LK-VAULT-DISK-FULL` or `LK-VAULT-DAMAGED`. */
  commit(changes: readonly RowChange[]): Promise<void>;
  close(): Promise<void>;
}
