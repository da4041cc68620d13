/**
 * A device's disk in memory, behind the `DeviceStore` port: a commit takes a little virtual time, is whole or not there, and can be the moment at
 * which the process dies, before or after its rows are durable. A process that died hears nothing more from it. Disks are copied:
 * as an image to restore, as a second machine.
 */
import { compareBytes } from "@latchkey/core/bytes/equal";
import { encodeHex } from "@latchkey/core/bytes/text";
import { VaultError } from "@latchkey/core/errors";
import type { DeviceStore, Row, RowChange, Table } from "@latchkey/core/storage/device-store";

type StoredRow = Row & { readonly value: Uint8Array };

export class Disk {
  full = false;
  readonly #tables: Map<Table, Map<string, StoredRow>>;

  constructor(tables: Map<Table, Map<string, StoredRow>> = new Map()) {
    this.#tables = tables;
  }

  copy(): Disk {
    return new Disk(new Map([...this.#tables].map(([table, rows]) => [table, new Map(rows)])));
  }

  rows(table: Table): StoredRow[] {
    return [...(this.#tables.get(table)?.values() ?? [])];
  }

  get(table: Table, key: Uint8Array): StoredRow | null {
    const row = this.#tables.get(table)?.get(encodeHex(key));
    return row === undefined ? null : copyOf(row);
  }

  scan(table: Table, prefix: Uint8Array): StoredRow[] {
    const start = encodeHex(prefix);
    const found: StoredRow[] = [];
    for (const [name, row] of this.#tables.get(table) ?? [])
      if (name.startsWith(start)) found.push(copyOf(row));
    return found.sort((a, b) => compareBytes(a.key, b.key));
  }

  apply(changes: readonly RowChange[]): void {
    for (const { table, key, value } of changes) {
      const rows = this.#tables.get(table) ?? new Map<string, StoredRow>();
      this.#tables.set(table, rows);
      if (value === null) rows.delete(encodeHex(key));
      else rows.set(encodeHex(key), { key: key.slice(), value: value.slice() });
    }
  }
}

/** What a process does to bytes that it read does nothing to the disk. */
const copyOf = ({ key, value }: StoredRow): StoredRow => ({ key, value: value.slice() });

/** The process at a disk. */
export interface DiskUser {
  isDead(): boolean;
  after(ms: number, run: () => void): void;
  /** How long the next commit takes. */
  commitMs(): number;
  /** Asked at each commit: whether the process dies at it, and if so whether the rows are durable before. */
  fateOfCommit(): "lives" | "dies-before" | "dies-after";
  /** The rows are durable now. */
  onDurable(changes: readonly RowChange[]): void;
  die(): void;
}

export function openDisk(disk: Disk, user: DiskUser): DeviceStore {
  /** What a dead process asks for never comes. */
  const answer = <T>(value: () => T): Promise<T> =>
    user.isDead() ? new Promise<never>(() => {}) : Promise.resolve(value());

  return {
    get: (table, key) => answer(() => disk.get(table, key)),
    scan: (table, prefix = new Uint8Array(0)) => answer(() => disk.scan(table, prefix)),
    commit: (changes) =>
      new Promise((resolve, reject) => {
        user.after(user.commitMs(), () => {
          if (user.isDead()) return;
          if (disk.full) return reject(new VaultError("LK-VAULT-DISK-FULL", "disk is full"));
          const fate = user.fateOfCommit();
          if (fate !== "dies-before") {
            disk.apply(changes);
            user.onDurable(changes);
          }
          if (fate === "lives") resolve();
          else user.die();
        });
      }),
    close: () => answer(() => undefined),
  };
}
