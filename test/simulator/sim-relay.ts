/**
 * The real relay (rooms, connections, put queue, store in memory) on virtual time. It remembers every change of its store, so that its disk
 * can be put back to any earlier moment; and a `Lie` can be put in front of it, which rewrites what passes (`lies.ts`).
 */
import { createHash } from "node:crypto";
import { sodium } from "@latchkey/core/crypto/sodium";
import { isVaultError } from "@latchkey/core/errors";
import {
  decodeClientFrame,
  decodeRelayFrame,
  encodeFrame,
  type RelayFrame,
  type RoomId,
} from "@latchkey/core/relay-protocol";
import type { Session } from "@latchkey/sync-relay/connection";
import { DEFAULT_LIMITS, type RelayLimits } from "@latchkey/sync-relay/limits";
import { createRelay, type Relay } from "@latchkey/sync-relay/relay";
import { createMemoryStore } from "@latchkey/sync-relay/store/memory";
import { createMemoryMailboxes } from "@latchkey/sync-relay/store/memory-mailboxes";
import type { NewEntry, Store } from "@latchkey/sync-relay/store/store";
import type { Chance } from "./chance.ts";
import type { Lie } from "./lies.ts";
import type { Timeline } from "./timeline.ts";

const PLENTY = 1e9;
/** Rates are the relay's own tests' matter; here they would only make runs long. */
const LIMITS: RelayLimits = {
  ...DEFAULT_LIMITS,
  roomsCreatedPerIpGroupPerDay: PLENTY,
  socketsPerRoom: PLENTY,
  socketsPerIpGroup: PLENTY,
  halfOpenPerIpGroup: PLENTY,
  roomPutBurstFrames: PLENTY,
  roomPutBurstBytes: PLENTY,
  roomSnapshotBurstBytes: PLENTY,
  egressBytesPerIpGroupPerDay: PLENTY,
};

/** One write to the store, to be made again. */
type Write = (store: Store) => Promise<unknown>;

/** The device's end of a socket. */
export interface DeviceEnd {
  frame(bytes: Uint8Array): void;
  closed(): void;
}

/** The relay's end of a socket. */
export interface RelayEnd {
  frame(bytes: Uint8Array): void;
  closed(): void;
}

export class SimRelay {
  readonly origin: string;
  lie: Lie | null = null;
  /** Every write to the store since it was empty. */
  #writes: Write[] = [];
  #instanceId: Uint8Array;
  #inner: Store;
  readonly #chance: Chance;
  readonly #relay: Relay;
  readonly #ends = new Set<{ readonly session: Session | null; readonly device: DeviceEnd }>();
  /** Called with everything that reaches the store. */
  readonly #onStored: (bytes: Uint8Array) => void;

  constructor(
    origin: string,
    parts: {
      readonly timeline: Timeline;
      readonly chance: Chance;
      readonly now: () => number;
      readonly onStored: (bytes: Uint8Array) => void;
    },
  ) {
    this.origin = origin;
    this.#chance = parts.chance;
    this.#onStored = parts.onStored;
    this.#instanceId = parts.chance.bytes(16);
    this.#inner = createMemoryStore(this.#instanceId, LIMITS);
    const clock = { now: parts.now };
    const random = (length: number): Uint8Array => parts.chance.bytes(length);
    this.#relay = createRelay({
      store: this.#journaled(),
      mailboxes: createMemoryMailboxes(LIMITS, clock, random),
      limits: LIMITS,
      origins: [origin],
      contact: null,
      admission: { mode: "open" },
      clock,
      random,
      sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
      verifyEd25519: async (key, signature, message) =>
        sodium.crypto_sign_verify_detached(signature, message, key),
      log: () => {},
      nextTurn: (run) => parts.timeline.after(0, run),
    });
  }

  /** A socket of this caller, or `null` when the relay does not take it. */
  connect(roomId: RoomId, caller: number, device: DeviceEnd): RelayEnd | null {
    const liar = { caller, chance: this.#chance, room: roomId };
    const toDevice = (bytes: Uint8Array): void => {
      const said = this.lie?.toDevice?.(decodeRelayFrame(bytes), liar);
      if (said === undefined) device.frame(bytes);
      else for (const frame of said) device.frame(encodeFrame(frame));
    };
    let end: { readonly session: Session | null; readonly device: DeviceEnd } | null = null;
    const close = (): void => {
      if (end !== null) this.#ends.delete(end);
      device.closed();
    };
    const session = this.#relay.openRoom(
      {
        send: (message) => (typeof message === "string" ? undefined : toDevice(message)),
        close,
        buffered: () => 0,
      },
      roomId,
      { address: `10.0.0.${caller + 1}`, host: null },
    );
    if (session === null) return null;
    end = { session, device };
    this.#ends.add(end);
    const opened = end;
    const answer = (frame: RelayFrame): void => device.frame(encodeFrame(frame));
    return {
      frame: (bytes) => {
        const lie = this.lie?.toRelay;
        const frame = lie === undefined ? null : decodeOrNull(bytes);
        if (lie === undefined || frame === null) return session.message(bytes);
        for (const said of lie(frame, liar, answer)) session.message(encodeFrame(said));
        return undefined;
      },
      closed: () => {
        this.#ends.delete(opened);
        session.closed();
      },
    };
  }

  /** The process ends and starts again: every socket is gone. */
  restart(): void {
    for (const { session, device } of this.#ends) {
      session?.closed();
      device.closed();
    }
    this.#ends.clear();
  }

  /** Its disk as it was after so many writes; 0 is an empty one. With `asNew` it says so, as an honest relay does. */
  async goBack(writes: number, asNew: boolean): Promise<void> {
    this.restart();
    if (asNew) this.#instanceId = this.#chance.bytes(16);
    this.#writes = this.#writes.slice(0, writes);
    this.#inner = createMemoryStore(this.#instanceId, LIMITS);
    // A write may fail again as it did the first time.
    for (const write of this.#writes) await write(this.#inner).catch(() => {});
  }

  get writes(): number {
    return this.#writes.length;
  }

  /** Everything it holds of one room, in order. */
  async entriesOf(roomId: RoomId): Promise<Uint8Array[]> {
    const state = await this.#inner.openRoom(roomId, 0);
    if (state === null) return [];
    const page = await this.#inner.read(state.ref, 0, PLENTY, PLENTY);
    return page.entries.map(({ entry }) => entry);
  }

  async headOf(roomId: RoomId): Promise<number> {
    return (await this.#inner.openRoom(roomId, 0))?.head ?? 0;
  }

  /** The store as the relay sees it: present data, writes remembered. */
  #journaled(): Store {
    return new Proxy(this.#inner, {
      get: (_, name) => {
        if (name === "instanceId") return this.#instanceId;
        const method: unknown = Reflect.get(this.#inner, name);
        if (!isWrite(name)) return method;
        return (...args: readonly unknown[]) => {
          for (const bytes of listBytes(args)) this.#onStored(bytes);
          const write: Write = (store) =>
            (Reflect.get(store, name) as (...given: readonly unknown[]) => Promise<unknown>)(...args);
          this.#writes.push(write);
          return write(this.#inner);
        };
      },
    });
  }
}

const WRITES: readonly (keyof Store)[] = [
  "createRoom",
  "commit",
  "stageSnapshot",
  "stageChunk",
  "commitSnapshot",
  "dropStaged",
  "replaceForward",
  "purge",
  "expire",
];
const isWrite = (name: string | symbol): boolean => (WRITES as readonly (string | symbol)[]).includes(name);

/** What a write gives the store to keep: the chunk of a snapshot, the entries of a commit. */
function listBytes([first, , third]: readonly unknown[]): Uint8Array[] {
  if (Array.isArray(first)) return (first as readonly NewEntry[]).map(({ bytes }) => bytes);
  return third instanceof Uint8Array ? [third] : [];
}

function decodeOrNull(bytes: Uint8Array) {
  try {
    return decodeClientFrame(bytes);
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}
