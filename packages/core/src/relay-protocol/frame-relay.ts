/**
 * What a relay sends on a room's socket (relay.md § 5). A slot is null or [hash (32), size]. Days count from 1970-01-01 UTC; no finer
 * time exists at a relay.
 *
 * | op          |    | fields                                                                                              |
 * | ----------- | -- | --------------------------------------------------------------------------------------------------- |
 * | hello       | 64 | [version …], origin, instance id (16), nonce (32), [log bytes, log entries, snapshot bytes], admission |
 * | welcome     | 65 | head, snapshot slot, forward slot, expires day, credit                                              |
 * | ack         | 66 | request, [cursor or error code, one for each entry put]                                             |
 * | entries     | 67 | request, [[cursor, entry] …], head, done                                                            |
 * | event       | 68 | cursor, entry                                                                                       |
 * | lagging     | 69 | head                                                                                                |
 * | ok          | 70 | request                                                                                             |
 * | conflict    | 71 | request, current hash or null                                                                       |
 * | chunk       | 72 | request, index, body, last                                                                          |
 * | forward     | 73 | request, null or [hash, body]                                                                       |
 * | description | 74 | request, `Description` as an array                                                                  |
 * | goaway      | 75 | retry after ms, jitter ms                                                                           |
 * | error       | 76 | request or null, code, retry after ms or null                                                       |
 *
 * `entries` ends a page with `done`: then `head` says whether there is more. `event` comes only while credit lasts (entry bytes count);
 * after `lagging` nothing is pushed until new credit.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { type ErrorCode, VaultError } from "../errors.ts";
import { type Description, readDescription, writeDescription } from "./description.ts";
import {
  type Codecs,
  readBlob,
  readErrorCode,
  readHash,
  readOptionalHash,
  readRequest,
  readSlot,
  type Slot,
  toErrorCode,
  writeSlot,
} from "./frame-codec.ts";
import { INSTANCE_ID_BYTES, NONCE_BYTES } from "./handshake.ts";
import { MAX_CREDIT_BYTES, MAX_ENTRY_BYTES, MAX_PULL_ENTRIES, MAX_PUT_ENTRIES } from "./limits.ts";

/** An entry with its place in the room. */
export interface PlacedEntry {
  /** u53, from 1, in the order of commits; gaps only where a purge took entries. */
  readonly cursor: number;
  readonly entry: Uint8Array;
}

/** What became of one put entry: its cursor, or why it was not kept. */
export type PutOutcome = { readonly cursor: number } | { readonly code: ErrorCode };

/** An operator's quotas that a client plans with. Bytes, entries, bytes. */
export interface RoomLimits {
  readonly logBytes: number;
  readonly logEntries: number;
  readonly snapshotBytes: number;
}

export interface HelloFrame {
  readonly op: "hello";
  readonly versions: readonly number[];
  /** The audience. A client that dialled another origin must not sign. */
  readonly origin: string;
  /** Changes when the relay's data was made new or restored: then pull from 0 and heal (relay.md § 11). */
  readonly instanceId: Uint8Array;
  readonly nonce: Uint8Array;
  readonly limits: RoomLimits;
  /** Who may create rooms: `open`, or a mode that wants a creation token. */
  readonly admission: string;
}

export interface WelcomeFrame {
  readonly op: "welcome";
  /** The highest cursor given out; live push starts after it. */
  readonly head: number;
  readonly snapshot: Slot | null;
  readonly forward: Slot | null;
  /** The day on which the relay drops the room unless somebody joins it before. */
  readonly expiresDay: number;
  readonly credit: number;
}

export interface ForwardRecord {
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}

export type RelayFrame =
  | HelloFrame
  | WelcomeFrame
  | { readonly op: "ack"; readonly request: number; readonly outcomes: readonly PutOutcome[] }
  | {
      readonly op: "entries";
      readonly request: number;
      readonly entries: readonly PlacedEntry[];
      readonly head: number;
      readonly done: boolean;
    }
  | ({ readonly op: "event" } & PlacedEntry)
  | { readonly op: "lagging"; readonly head: number }
  | { readonly op: "ok"; readonly request: number }
  | { readonly op: "conflict"; readonly request: number; readonly current: Uint8Array | null }
  | {
      readonly op: "chunk";
      readonly request: number;
      readonly index: number;
      readonly body: Uint8Array;
      /** Whether it is the snapshot's last chunk. */
      readonly last: boolean;
    }
  | { readonly op: "forward"; readonly request: number; readonly record: ForwardRecord | null }
  | { readonly op: "description"; readonly request: number; readonly description: Description }
  | { readonly op: "goaway"; readonly retryAfterMs: number; readonly jitterMs: number }
  | {
      readonly op: "error";
      /** `null`: the socket as a whole; it closes next. */
      readonly request: number | null;
      readonly code: ErrorCode;
      readonly retryAfterMs: number | null;
    };

const MAX_VERSIONS = 16;
const MAX_ORIGIN_LENGTH = 300;
const MAX_ADMISSION_LENGTH = 16;

const readHead = (fields: Fields): number => fields.uint("head");
const readEntry = (fields: Fields): Uint8Array => fields.bytes("entry", { min: 1, max: MAX_ENTRY_BYTES });

function readPlaced(item: CborValue): PlacedEntry {
  const placed = new Fields(item, "placed entry", 2);
  return { cursor: placed.uint("cursor"), entry: readEntry(placed) };
}

function readOutcome(item: CborValue): PutOutcome {
  if (typeof item === "string") return { code: toErrorCode(item) };
  if (typeof item === "number" && item > 0) return { cursor: item };
  throw new VaultError("LK-RELAY-FRAME", "ack frame: outcome is not a cursor or a code");
}

function readRecord(fields: Fields): ForwardRecord {
  const record = new Fields(fields.value(), "forward record", 2);
  return { hash: readHash(record), body: readBlob(record) };
}

function readLimits(value: CborValue): RoomLimits {
  const limits = new Fields(value, "room limits", 3);
  return {
    logBytes: limits.uint("log bytes"),
    logEntries: limits.uint("log entries"),
    snapshotBytes: limits.uint("snapshot bytes"),
  };
}

export const RELAY_CODECS: Codecs<RelayFrame> = {
  hello: {
    code: 64,
    length: 6,
    write: (f) => [
      f.versions,
      f.origin,
      f.instanceId,
      f.nonce,
      [f.limits.logBytes, f.limits.logEntries, f.limits.snapshotBytes],
      f.admission,
    ],
    read: (f) => ({
      op: "hello",
      versions: f.list("versions", MAX_VERSIONS, readVersion),
      origin: f.text("origin", MAX_ORIGIN_LENGTH),
      instanceId: f.bytes("instance id", INSTANCE_ID_BYTES),
      nonce: f.bytes("nonce", NONCE_BYTES),
      limits: readLimits(f.value()),
      admission: f.text("admission", MAX_ADMISSION_LENGTH),
    }),
  },
  welcome: {
    code: 65,
    length: 5,
    write: (f) => [f.head, writeSlot(f.snapshot), writeSlot(f.forward), f.expiresDay, f.credit],
    read: (f) => ({
      op: "welcome",
      head: readHead(f),
      snapshot: readSlot(f),
      forward: readSlot(f),
      expiresDay: f.uint("expires day"),
      credit: f.uint("credit", MAX_CREDIT_BYTES),
    }),
  },
  ack: {
    code: 66,
    length: 2,
    write: (f) => [
      f.request,
      f.outcomes.map((outcome) => ("code" in outcome ? outcome.code : outcome.cursor)),
    ],
    read: (f) => ({
      op: "ack",
      request: readRequest(f),
      outcomes: f.list("outcomes", MAX_PUT_ENTRIES, readOutcome),
    }),
  },
  entries: {
    code: 67,
    length: 4,
    write: (f) => [f.request, f.entries.map(({ cursor, entry }) => [cursor, entry]), f.head, f.done],
    read: (f) => ({
      op: "entries",
      request: readRequest(f),
      entries: f.list("entries", MAX_PULL_ENTRIES, readPlaced),
      head: readHead(f),
      done: f.boolean("done"),
    }),
  },
  event: {
    code: 68,
    length: 2,
    write: (f) => [f.cursor, f.entry],
    read: (f) => ({ op: "event", cursor: f.uint("cursor"), entry: readEntry(f) }),
  },
  lagging: {
    code: 69,
    length: 1,
    write: (f) => [f.head],
    read: (f) => ({ op: "lagging", head: readHead(f) }),
  },
  ok: {
    code: 70,
    length: 1,
    write: (f) => [f.request],
    read: (f) => ({ op: "ok", request: readRequest(f) }),
  },
  conflict: {
    code: 71,
    length: 2,
    write: (f) => [f.request, f.current],
    read: (f) => ({ op: "conflict", request: readRequest(f), current: readOptionalHash(f) }),
  },
  chunk: {
    code: 72,
    length: 4,
    write: (f) => [f.request, f.index, f.body, f.last],
    read: (f) => ({
      op: "chunk",
      request: readRequest(f),
      index: f.uint("index"),
      body: readBlob(f),
      last: f.boolean("last"),
    }),
  },
  forward: {
    code: 73,
    length: 2,
    write: (f) => [f.request, f.record && [f.record.hash, f.record.body]],
    read: (f) => ({ op: "forward", request: readRequest(f), record: f.optional(readRecord) }),
  },
  description: {
    code: 74,
    length: 2,
    write: (f) => [f.request, writeDescription(f.description)],
    read: (f) => ({
      op: "description",
      request: readRequest(f),
      description: readDescription(f.value()),
    }),
  },
  goaway: {
    code: 75,
    length: 2,
    write: (f) => [f.retryAfterMs, f.jitterMs],
    read: (f) => ({ op: "goaway", retryAfterMs: f.uint("retry after"), jitterMs: f.uint("jitter") }),
  },
  error: {
    code: 76,
    length: 3,
    write: (f) => [f.request, f.code, f.retryAfterMs],
    read: (f) => ({
      op: "error",
      request: f.optional(readRequest),
      code: readErrorCode(f),
      retryAfterMs: f.optional((after) => after.uint("retry after")),
    }),
  },
};

function readVersion(item: CborValue): number {
  if (typeof item === "number" && item >= 0) return item;
  throw new VaultError("LK-RELAY-FRAME", "hello frame: version is not an unsigned integer");
}
