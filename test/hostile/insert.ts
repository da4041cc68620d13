/** The lie of a relay that puts entries of its own among the true ones. Cursors are stretched, so that there is room between them. */
import type { PlacedEntry, RelayFrame } from "@latchkey/core/relay-protocol";
import type { Lie } from "./lying-relay.ts";

/** At most 24 may be put around one true entry: the first of all then still comes after what a device of these tests has pulled before. */
const ROOM = 32;

/** What `around` gives for a true entry comes in its place, in that order; the true one only if it is among it. */
export function insert(around: (entry: Uint8Array) => readonly Uint8Array[]): Lie {
  const place = ({ cursor, entry }: PlacedEntry): PlacedEntry[] =>
    around(entry).map((inserted, i, { length }) => ({
      cursor: cursor * ROOM - (length - 1 - i),
      entry: inserted,
    }));
  /** A frame for each true entry, so that none grows too large. */
  const splitPage = (page: Extract<RelayFrame, { op: "entries" }>): RelayFrame[] =>
    page.entries.length === 0
      ? [page]
      : page.entries.map((one, i, { length }) => ({
          ...page,
          entries: place(one),
          done: page.done && i === length - 1,
        }));
  return {
    toDevice(frame) {
      switch (frame.op) {
        case "welcome":
        case "lagging":
          return [{ ...frame, head: frame.head * ROOM }];
        case "ack": {
          const outcomes = frame.outcomes.map((outcome) =>
            "cursor" in outcome ? { cursor: outcome.cursor * ROOM } : outcome,
          );
          return [{ ...frame, outcomes }];
        }
        case "entries":
          return splitPage({ ...frame, head: frame.head * ROOM });
        case "event":
          return place(frame).map((placed) => ({ op: "event", ...placed }));
        default:
          return [frame];
      }
    },
    toRelay: (frame) => [frame.op === "pull" ? { ...frame, after: Math.floor(frame.after / ROOM) } : frame],
  };
}
