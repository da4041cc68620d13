/**
 * What a device knows of one relay: whose data it is (instance id), how far it was pulled (cursor), and which accepted entries it
 * holds. An entry is `acked` when the relay said so and `confirmed` when it came back in a pull: only then is it believed.
 *
 *   row  relay / relay id(16) ‖ log id(16)                  = [1, instance id(16), cursor, day]
 *   row  relay / relay id(16) ‖ log id(16) ‖ entry hash(32) = [cursor, confirmed]
 *
 * `day` is when the room was last pulled from its beginning: what a relay kept back once, and nothing here tells of any more, comes then.
 *
 * The outbox is no list of its own: it is every accepted entry that the relay is not known to hold. So healing a wiped relay is nothing
 * special: the marks go, and the outbox is everything.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeHex } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import type { LinkReport } from "./link-effect.ts";
import type { Row, RowChange } from "../storage/device-store.ts";
import { INSTANCE_ID_BYTES } from "../relay-protocol/handshake.ts";

const VERSION = 1;
/** A log is some hundred KiB as a rule and 8 MiB at most: once a week it costs little. */
const PULL_ALL_DAYS = 7;
export const RELAY_KEY_BYTES = 16;
const ROOM_KEY_BYTES = RELAY_KEY_BYTES + LOG_ID_BYTES;

/** What stands for a relay: its origin does not lie in the file in clear. */
export function deriveRelayKey(origin: string): Uint8Array {
  return hash(LABELS.relayRow, origin).slice(0, RELAY_KEY_BYTES);
}

/** The key under which a relay's rows for one log stand. */
export const deriveRoomRowKey = (origin: string, logId: Uint8Array): Uint8Array =>
  concatBytes(deriveRelayKey(origin), logId);

/** An entry that the relay said it stored at `cursor`, and did not give back. */
export interface LostEntry {
  readonly hash: Uint8Array;
  readonly cursor: number;
}

interface HeldMark extends LostEntry {
  readonly confirmed: boolean;
}

export class RelayMarks {
  readonly #key: Uint8Array;
  #instanceId: Uint8Array | null = null;
  #cursor = 0;
  #pulledDay = 0;
  readonly #held = new Map<string, HeldMark>();

  /** Reads the rows under `key` (`deriveRoomRowKey`). A damaged row counts as absent: what it would have saved is asked or sent again. */
  constructor(key: Uint8Array, rows: readonly Row[]) {
    this.#key = key;
    for (const row of rows) this.#load(row);
  }

  get instanceId(): Uint8Array | null {
    return this.#instanceId;
  }

  /** The last cursor pulled. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The highest place at which the relay is known to have had something. */
  get highest(): number {
    return [...this.#held.values()].reduce((highest, { cursor }) => Math.max(highest, cursor), this.#cursor);
  }

  isHeld(entryHash: Uint8Array): boolean {
    return this.#held.has(encodeHex(entryHash));
  }

  /** Whether these entries come after what was pulled, each after the one before: else a page would be asked for again and again. */
  isBefore(entries: readonly { readonly cursor: number }[]): boolean {
    return entries.every((entry, i) => entry.cursor > (entries[i - 1]?.cursor ?? this.#cursor));
  }

  /** Whether it is time to ask for everything again. `today` in days since 1970. */
  isOld(today: number): boolean {
    return Math.abs(today - this.#pulledDay) >= PULL_ALL_DAYS;
  }

  /** Starts over with a relay that is new to us, or lost what it had, or was not asked for everything for long. */
  reset(instanceId: Uint8Array, today: number): RowChange[] {
    const gone = [...this.#held.values()].map((mark) => this.#row(mark.hash, null));
    this.#held.clear();
    this.#instanceId = instanceId;
    this.#pulledDay = today;
    return [...gone, this.#setCursor(0)];
  }

  /** An entry that a pull or a push brought, and that was accepted. */
  confirm(entryHash: Uint8Array, cursor: number): RowChange[] {
    return this.#mark({ hash: entryHash, cursor, confirmed: true });
  }

  /** An entry that the relay says it stored. */
  acknowledge(entryHash: Uint8Array, cursor: number): RowChange[] {
    return this.isHeld(entryHash) ? [] : this.#mark({ hash: entryHash, cursor, confirmed: false });
  }

  /** The pull has reached `cursor`. */
  advance(cursor: number): RowChange[] {
    return cursor > this.#cursor ? [this.#setCursor(cursor)] : [];
  }

  /**
   * Forgets acknowledged entries at or below `cursor` that no pull brought back: the relay, which says that it has come to `head`, did not
   * keep them. With what is to be said of that, if there are any.
   */
  dropUnconfirmed(
    cursor: number,
    head: number,
  ): { readonly loss: LinkReport | null; readonly changes: RowChange[] } {
    const { highest } = this;
    const lost = [...this.#held.values()].filter((mark) => !mark.confirmed && mark.cursor <= cursor);
    for (const mark of lost) this.#held.delete(encodeHex(mark.hash));
    const instanceId = this.#instanceId;
    const loss: LinkReport | null =
      lost.length === 0 || instanceId === null
        ? null
        : { is: "acknowledged-without-storing", lost, instanceId, head, highest };
    return { loss, changes: lost.map((mark) => this.#row(mark.hash, null)) };
  }

  #mark(mark: HeldMark): RowChange[] {
    this.#held.set(encodeHex(mark.hash), mark);
    return [this.#row(mark.hash, encodeCbor([mark.cursor, mark.confirmed]))];
  }

  #setCursor(cursor: number): RowChange {
    this.#cursor = cursor;
    const value = encodeCbor([VERSION, this.#instanceId, cursor, this.#pulledDay]);
    return { table: "relay", key: this.#key, value };
  }

  #row(entryHash: Uint8Array, value: Uint8Array | null): RowChange {
    return { table: "relay", key: concatBytes(this.#key, entryHash), value };
  }

  #load({ key, value }: Row): void {
    if (value === null) return;
    if (key.length === ROOM_KEY_BYTES) {
      const { instanceId, cursor, pulledDay } = readStructure("LK-VAULT-DAMAGED", value, (item) => {
        const fields = new Fields(item, "relay row", 4);
        fields.uint("version", VERSION);
        return {
          instanceId: fields.bytes("instance id", INSTANCE_ID_BYTES),
          cursor: fields.uint("cursor"),
          pulledDay: fields.uint("day"),
        };
      });
      this.#instanceId = instanceId;
      this.#cursor = cursor;
      this.#pulledDay = pulledDay;
    } else if (key.length === ROOM_KEY_BYTES + HASH_BYTES) {
      const entryHash = key.slice(ROOM_KEY_BYTES);
      const mark = readStructure("LK-VAULT-DAMAGED", value, (item) => {
        const fields = new Fields(item, "relay mark", 2);
        return { hash: entryHash, cursor: fields.uint("cursor"), confirmed: fields.boolean("confirmed") };
      });
      this.#held.set(encodeHex(entryHash), mark);
    }
  }
}
