/**
 * Group commit (relay.md § 4 and § 7): the puts of one turn of the event loop go into one durable transaction; acknowledgement and
 * live push come only after it. One commit at a time. No timer: waiting to gather more makes the lone message slower and gains nothing.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import type { PlacedEntry, PutOutcome } from "@latchkey/core/relay-protocol";
import type { Metrics } from "./metrics.ts";
import type { RelayDeps } from "./relay.ts";
import type { Listener, Rooms } from "./room.ts";
import type { NewEntry, RoomRef, StoredEntry } from "./store/store.ts";

export interface QueuedPut {
  readonly room: RoomRef;
  readonly sender: Listener;
  /** A code where an entry was refused before. */
  readonly entries: readonly (NewEntry | { readonly code: ErrorCode })[];
  readonly bytes: number;
  /** Answers: the outcomes in order, or `null` when nothing could be stored. */
  settle(outcomes: readonly PutOutcome[] | null): void;
}

/** A commit blocks the loop for as long as its bytes take. */
const BATCH_ENTRIES = 256;
const BATCH_BYTES = 4 * 1_048_576;
/** Of one room, so that a busy one cannot starve the others: one full frame. */
const BATCH_ENTRIES_PER_ROOM = 64;

export function createPutQueue(
  { store, log, nextTurn, clock }: RelayDeps,
  rooms: Rooms,
  metrics: Metrics,
  today: () => number,
) {
  let waiting: QueuedPut[] = [];
  let pendingBytes = 0;
  let failures = 0;
  let running = false;
  const whenIdle: (() => void)[] = [];

  /** The oldest puts that fit one batch, each room's in order. */
  function takeBatch(): readonly QueuedPut[] {
    const perRoom = new Map<RoomRef, number>();
    let entries = 0;
    let bytes = 0;
    const { batch = [], rest = [] } = Object.groupBy(waiting, (put) => {
      const inRoom = (perRoom.get(put.room) ?? 0) + put.entries.length;
      const fits =
        inRoom <= BATCH_ENTRIES_PER_ROOM &&
        entries + put.entries.length <= BATCH_ENTRIES &&
        bytes + put.bytes <= BATCH_BYTES;
      // A room that has to wait waits with all that follows: its order is kept.
      perRoom.set(put.room, fits ? inRoom : Number.POSITIVE_INFINITY);
      if (!fits) return "rest";
      entries += put.entries.length;
      bytes += put.bytes;
      return "batch";
    });
    waiting = rest;
    return batch;
  }

  async function run(): Promise<void> {
    const batch = takeBatch();
    const entries = batch.flatMap((put) => put.entries);
    const stored = await commit(entries.filter((entry): entry is NewEntry => !("code" in entry)));
    let next = 0;
    for (const put of batch) {
      pendingBytes -= put.bytes;
      const news: PlacedEntry[] = [];
      const outcomes =
        stored &&
        put.entries.map((entry): PutOutcome => {
          if ("code" in entry) return entry;
          const result = stored[next++] as StoredEntry;
          if ("code" in result) return result;
          if (result.fresh) news.push({ cursor: result.cursor, entry: entry.bytes });
          return { cursor: result.cursor };
        });
      rooms.deliver(put.room, news, put.sender);
      put.settle(outcomes);
    }
    if (waiting.length > 0) return nextTurn(() => void run());
    running = false;
    for (const resolve of whenIdle.splice(0)) resolve();
  }

  /** What the store made of the entries, or `null` when it failed and holds none of them. */
  async function commit(entries: readonly NewEntry[]): Promise<readonly StoredEntry[] | null> {
    if (entries.length === 0) return [];
    const begun = clock.now();
    try {
      const stored = await store.commit(entries, today());
      failures = 0;
      metrics.commitTook(Math.max(0, clock.now() - begun) / 1000);
      metrics.add("stored_entries_total", entries.length);
      return stored;
    } catch {
      failures++;
      metrics.add("failed_commits_total");
      log("error", "commit-failed", { failures });
      return null;
    }
  }

  return {
    add(put: QueuedPut): void {
      waiting.push(put);
      pendingBytes += put.bytes;
      if (running) return;
      running = true;
      nextTurn(() => void run());
    },
    /** Bytes that wait. */
    pendingBytes: () => pendingBytes,
    /** Commits that failed since the last that did not. */
    failures: () => failures,
    /** Resolves when nothing waits. */
    idle: (): Promise<void> => new Promise((resolve) => (running ? whenIdle.push(resolve) : resolve())),
  };
}
