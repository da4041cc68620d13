/**
 * What a relay can do to devices: one lie for each row of sync-protocol.md § 5 that is told by what it says. (Wiping, going back to an old state
 * and starting under another name are done to the relay itself.) A lie sits between the honest relay and its sockets.
 */
import type { ClientFrame, PlacedEntry, PutOutcome, RelayFrame, RoomId } from "@latchkey/core/relay-protocol";
import type { Chance } from "./chance.ts";

export interface Liar {
  /** The device at the other end. */
  readonly caller: number;
  readonly room: RoomId;
  readonly chance: Chance;
}

export interface Lie {
  readonly toDevice?: (frame: RelayFrame, to: Liar) => readonly RelayFrame[];
  /** `answer` speaks to the device in the relay's place. */
  readonly toRelay?: (
    frame: ClientFrame,
    from: Liar,
    answer: (frame: RelayFrame) => void,
  ) => readonly ClientFrame[];
}

/** Makes a lie; `head` is the highest cursor of the room at that moment, `draw` any number. */
type MakeLie = (head: number, draw: number) => Lie;

const SIGNATURE_BYTES = 64;
/** Header: version, suite, log id, tag, seq, hash before. */
const HEADER_BYTES = 70;

/** Two bytes of its signature tell an entry from others well enough. */
const markOf = (entry: Uint8Array): number => (entry.at(-1) as number) * 256 + (entry.at(-2) as number);

function flipAt(entry: Uint8Array, at: number): Uint8Array {
  const copy = entry.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** Shows a device only the entries for which `shows` holds. */
function hide(shows: (entry: PlacedEntry, to: Liar) => boolean): Lie {
  return {
    toDevice(frame, to) {
      if (frame.op === "event") return shows(frame, to) ? [frame] : [];
      if (frame.op !== "entries") return [frame];
      return [{ ...frame, entries: frame.entries.filter((entry) => shows(entry, to)) }];
    },
  };
}

/** Sends more beside what is pulled and pushed: `more` gives what comes before each entry. */
function precede(more: (entry: PlacedEntry, to: Liar) => readonly Uint8Array[]): Lie {
  const events = (entry: PlacedEntry, to: Liar): RelayFrame[] =>
    more(entry, to).map((bytes) => ({ op: "event", cursor: entry.cursor, entry: bytes }));
  return {
    toDevice(frame, to) {
      if (frame.op === "event") return [...events(frame, to), frame];
      if (frame.op !== "entries") return [frame];
      return [...frame.entries.flatMap((entry) => events(entry, to)), frame];
    },
  };
}

export const LIES = {
  // The same from everybody, or something else from each.
  "withholds an entry in the middle": (_, draw) =>
    hide(({ entry }, { caller }) => (markOf(entry) + (draw % 2) * caller) % 3 !== 0),
  "withholds the newest": (head, draw) => ({
    toDevice(frame, to) {
      // From some devices only, or from all.
      if (draw % 3 === to.caller % 3) return [frame];
      if (frame.op === "event") return frame.cursor <= head ? [frame] : [];
      if (frame.op === "welcome") return [{ ...frame, head: Math.min(frame.head, head) }];
      if (frame.op !== "entries") return [frame];
      const entries = frame.entries.filter(({ cursor }) => cursor <= head);
      return [{ ...frame, entries, head: Math.min(frame.head, head) }];
    },
  }),
  "shows two groups two histories": () => {
    const groupOf = new Map<number, number>();
    const shows = hide(({ entry }, { caller }) => (groupOf.get(markOf(entry)) ?? caller % 2) === caller % 2);
    return {
      ...shows,
      toRelay(frame, from) {
        if (frame.op === "put")
          for (const { entry } of frame.entries) groupOf.set(markOf(entry), from.caller % 2);
        return [frame];
      },
    };
  },
  "replays and duplicates": () => {
    const heard: Uint8Array[] = [];
    return precede(({ entry }, { chance }) => {
      heard.push(entry);
      return [entry, chance.pick(heard)];
    });
  },
  reorders: () => {
    let kept: (RelayFrame & { op: "event" }) | null = null;
    return {
      toDevice(frame) {
        if (frame.op === "event") {
          const before = kept;
          kept = before === null ? frame : null;
          return before === null ? [] : [frame, before];
        }
        return frame.op === "entries" ? [{ ...frame, entries: frame.entries.toReversed() }] : [frame];
      },
    };
  },
  "puts a damaged copy first": () =>
    precede(({ entry }, { chance }) => [
      flipAt(entry, entry.length - 1 - chance.below(SIGNATURE_BYTES)),
      flipAt(entry, chance.below(entry.length)),
    ]),
  "gives damaged copies only": (_, draw) => ({
    toDevice(frame, { chance }) {
      const spoil = ({ cursor, entry }: PlacedEntry): PlacedEntry => ({
        cursor,
        entry: markOf(entry) % 2 === draw % 2 ? flipAt(entry, chance.below(entry.length)) : entry,
      });
      if (frame.op === "event") return [{ ...frame, ...spoil(frame) }];
      return frame.op === "entries" ? [{ ...frame, entries: frame.entries.map(spoil) }] : [frame];
    },
  }),
  "splices and injects": () => {
    const heard: Uint8Array[] = [];
    return precede(({ entry }, { chance }) => {
      heard.push(entry);
      const other = chance.pick(heard);
      const spliced = other.slice();
      // The header of one entry before the seal of another, and one that claims another number.
      if (other.length === entry.length) spliced.set(entry.subarray(0, HEADER_BYTES));
      return [spliced, flipAt(entry, chance.below(HEADER_BYTES))];
    });
  },
  "acknowledges without storing": (head) => {
    let cursor = head;
    return {
      toRelay(frame, _, answer) {
        if (frame.op !== "put") return [frame];
        const outcomes = frame.entries.map((): PutOutcome => ({ cursor: ++cursor }));
        answer({ op: "ack", request: frame.request, outcomes });
        return [];
      },
    };
  },
  "lies about its head": (_, draw) => ({
    toDevice(frame) {
      return frame.op === "welcome"
        ? [{ ...frame, head: draw % 2 === 0 ? 0 : frame.head + 1 + draw }]
        : [frame];
    },
  }),
  "gives another snapshot than it was given": () => ({
    toDevice(frame) {
      return frame.op === "chunk" ? [{ ...frame, body: flipAt(frame.body, frame.body.length - 1) }] : [frame];
    },
  }),
} as const satisfies Readonly<Record<string, MakeLie>>;

export type LieName = keyof typeof LIES;
export const LIE_NAMES = Object.keys(LIES) as LieName[];

export const makeLie = (name: LieName, head: number, draw: number): Lie => LIES[name](head, draw);
