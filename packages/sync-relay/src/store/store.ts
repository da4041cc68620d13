/**
 * The port behind which a relay keeps its rooms. SQLite on one machine, PostgreSQL for many relays, memory for tests. Every adapter
 * runs the contract suite (`test/store-contract.ts`).
 *
 * What a store owes: a promise that resolved is durable; a transaction is whole or not there; cursors of a room rise by one a stored
 * entry, are given inside the commit and are not reused while the instance id stays. It judges quotas, because they must hold inside the
 * transaction; who may do something was decided before. Days are UTC day numbers, and no finer time is kept. Every method may reject
 * with anything when the disk fails: callers answer `LK-RELAY-STORE`.
 */
import type { Description, ForwardRecord, PlacedEntry, RoomId, Slot } from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "../limits.ts";

/** A room's short number in this store. */
export type RoomRef = number;
/** An upload's number in this store. */
export type StagedRef = number;

/** The quotas that a store judges. */
export type StoreLimits = Pick<
  RelayLimits,
  | "roomLogBytes"
  | "roomLogEntries"
  | "roomPins"
  | "roomPinBytes"
  | "snapshotBytes"
  | "roomIdleDays"
  | "roomEmptyDays"
  | "inviteRoomsPer30Days"
>;

export interface RoomState {
  readonly ref: RoomRef;
  /** The highest cursor given out; 0 in a new room. */
  readonly head: number;
  readonly snapshot: Slot | null;
  readonly forward: Slot | null;
}

export interface NewEntry {
  readonly room: RoomRef;
  readonly deviceTag: Uint8Array;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** Kept beyond a purge. The authority's signature was checked. */
  readonly pinned: boolean;
}

/**
 * What a commit made of one entry. Not `fresh`: the same bytes were there, and their cursor is given again. `LK-RELAY-GONE`: the room was
 * dropped under its sockets; the rest of the batch is stored all the same.
 */
export type StoredEntry =
  | { readonly cursor: number; readonly fresh: boolean }
  | { readonly code: "LK-RELAY-QUOTA" | "LK-RELAY-GONE" };

export interface Page {
  readonly entries: readonly PlacedEntry[];
  readonly head: number;
}

/** The result of a compare-and-swap, with what is in the slot when it failed. */
export type SwapResult =
  | { readonly swapped: true }
  | { readonly swapped: false; readonly current: Uint8Array | null };

export interface SnapshotChunks {
  readonly chunks: readonly Uint8Array[];
  /** Chunks of the whole snapshot. */
  readonly total: number;
}

export interface StoreHealth {
  /** Free bytes on the store's disk, or `null` when there is none. */
  readonly freeBytes: number | null;
}

/** The days over which the rooms that an invitation makes are counted. */
export const INVITE_WINDOW_DAYS = 30;

/** A permission to make rooms (relay.md § 12). The token itself is known to its holders alone. */
export interface Invite {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  /** Rooms that may be alive by it at once. */
  readonly rooms: number;
  /** The last day on which it makes rooms, or `null`. */
  readonly untilDay: number | null;
}

/** What is known of an invitation: its short number, and the rooms that live by it. */
export interface InviteReport {
  readonly ref: number;
  readonly rooms: number;
  readonly alive: number;
  readonly untilDay: number | null;
}

export interface InviteStore {
  /** Adds it, or gives the invitation of this hash these bounds. */
  put(invite: Invite): Promise<void>;
  /** In the order in which they were added. */
  list(): Promise<readonly InviteReport[]>;
  /** It makes no more rooms; those that are there stay. */
  drop(ref: number): Promise<void>;
  /** The room, made by the invitation if it is not there; `null`: unknown, over, or used up. */
  createRoom(id: RoomId, today: number, hash: Uint8Array): Promise<RoomState | null>;
}

/** Entries of a room that other processes stored. */
export interface News {
  readonly room: RoomRef;
  /** In the order of cursors. */
  readonly entries: readonly PlacedEntry[];
  /** The room's highest cursor: above the last entry when there are more. */
  readonly head: number;
}

/** The other processes that write to the same store. Hints may be lost, doubled or late: they say where to look, never what is there. */
export interface OtherWriters {
  /** Calls back, from now on, for rooms that have news; `null`: any may, because hints were missed. */
  watch(onHint: (rooms: readonly RoomRef[] | null) => void): void;
  /** What came after a cursor in each of the rooms, some of it at least; nothing of rooms without news. */
  readNews(marks: readonly { readonly room: RoomRef; readonly after: number }[]): Promise<readonly News[]>;
}

export interface Store {
  /** 16 bytes; another whenever the data is not what it was (relay.md § 11). */
  readonly instanceId: Uint8Array;

  /** The room, marked as seen today, or `null`. */
  openRoom(id: RoomId, today: number): Promise<RoomState | null>;
  /** The room, made if it is not there. */
  createRoom(id: RoomId, today: number): Promise<RoomState>;
  /** `null`: this store cannot count rooms by invitation. */
  readonly invites: InviteStore | null;
  /** `null`: nobody else writes to this store. */
  readonly others: OtherWriters | null;
  /** Stores a batch in one durable transaction; results in order. Rejects: nothing of it was stored. */
  commit(entries: readonly NewEntry[], today: number): Promise<readonly StoredEntry[]>;
  /** Entries after a cursor, in order, up to both bounds but at least one. */
  read(room: RoomRef, after: number, maxEntries: number, maxBytes: number): Promise<Page>;

  /** Begins an upload of a declared size, or `null` when uploads under way leave no space. */
  stageSnapshot(room: RoomRef, hash: Uint8Array, size: number): Promise<StagedRef | null>;
  stageChunk(staged: StagedRef, index: number, body: Uint8Array): Promise<void>;
  /** Puts the upload in the place of the snapshot `expected`, in one transaction. The upload ends either way. */
  commitSnapshot(staged: StagedRef, expected: Uint8Array | null, today: number): Promise<SwapResult>;
  dropStaged(staged: StagedRef): Promise<void>;
  /** Chunks of the current snapshot, or `null` when it has another hash. */
  readSnapshot(room: RoomRef, hash: Uint8Array, from: number, count: number): Promise<SnapshotChunks | null>;

  replaceForward(room: RoomRef, expected: Uint8Array | null, record: ForwardRecord): Promise<SwapResult>;
  readForward(room: RoomRef): Promise<ForwardRecord | null>;

  describe(room: RoomRef): Promise<Description>;
  /** Drops entries and snapshot, keeps pins, forward record and the cursor's counter. */
  purge(room: RoomRef): Promise<void>;
  /** Marks rooms that are open as seen. */
  touch(rooms: readonly RoomRef[], today: number): Promise<void>;
  /** Drops the rooms whose time is over and says how many. */
  expire(today: number): Promise<number>;
  probe(): Promise<StoreHealth>;
  close(): Promise<void>;
}
