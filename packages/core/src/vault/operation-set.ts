/**
 * A set of operation ids, small where whole sessions are in it: the operations that an epoch's document holds already (sync-protocol.md
 * § 6, `applied`). Never changed in place.
 *
 *   set = [[device entry public key(32), session(8), [[from, to], …]], …]    in bytewise order; ranges rise and do not touch
 */
import { compareBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { ENTRY_KEY_BYTES, type OperationId, SESSION_BYTES } from "./operation-id.ts";

/** Sessions of all devices: one each unlock, thirty years of ten unlocks a day. */
const MAX_SESSIONS = 131_072;
const MAX_RANGES = 65_536;

type Range = readonly [from: number, to: number];

interface Session {
  readonly device: Uint8Array;
  readonly session: Uint8Array;
  readonly ranges: readonly Range[];
}

export class OperationSet {
  readonly #sessions: ReadonlyMap<string, Session>;

  constructor(sessions: ReadonlyMap<string, Session> = new Map()) {
    this.#sessions = sessions;
  }

  has(id: OperationId): boolean {
    const ranges = this.#sessions.get(nameOf(id))?.ranges ?? [];
    return ranges.some(([from, to]) => from <= id.number && id.number <= to);
  }

  with(ids: Iterable<OperationId>): OperationSet {
    const added = new Map<string, { readonly id: OperationId; readonly numbers: number[] }>();
    for (const id of ids) {
      const name = nameOf(id);
      const own = added.get(name) ?? { id, numbers: [] };
      own.numbers.push(id.number);
      added.set(name, own);
    }
    const sessions = new Map(this.#sessions);
    for (const [name, { id, numbers }] of added) {
      const ranges = sessions.get(name)?.ranges ?? [];
      const all = [...ranges, ...numbers.map((number): Range => [number, number])];
      sessions.set(name, { device: id.device, session: id.session, ranges: joinRanges(all) });
    }
    return new OperationSet(sessions);
  }

  encode(): CborValue {
    return [...this.#sessions.values()]
      .sort((a, b) => compareBytes(a.device, b.device) || compareBytes(a.session, b.session))
      .map(({ device, session, ranges }) => [device, session, ranges.map(([from, to]) => [from, to])]);
  }
}

/** Inverse of `encode`. Throws `LK-CBOR-INVALID`, also for ranges out of order. */
export function readOperationSet(fields: Fields): OperationSet {
  const list = fields.list("operations", MAX_SESSIONS, (item): readonly [string, Session] => {
    const entry = new Fields(item, "operations of a session", 3);
    const device = entry.bytes("device", ENTRY_KEY_BYTES);
    const session = entry.bytes("session", SESSION_BYTES);
    const ranges = entry.list("ranges", MAX_RANGES, readRange);
    if (ranges.some(([from], i) => i > 0 && from <= (ranges[i - 1] as Range)[1] + 1)) {
      throw new VaultError("LK-CBOR-INVALID", "ranges of operations are out of order");
    }
    return [nameOf({ device, session }), { device, session, ranges }];
  });
  return new OperationSet(new Map(list));
}

function readRange(value: CborValue): Range {
  const fields = new Fields(value, "range of operations", 2);
  const range: Range = [fields.uint("from"), fields.uint("to")];
  if (range[0] > range[1])
    throw new VaultError("LK-CBOR-INVALID", "range of operations ends before it begins");
  return range;
}

function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

const nameOf = ({ device, session }: Pick<OperationId, "device" | "session">): string =>
  `${encodeHex(device)} ${encodeHex(session)}`;
