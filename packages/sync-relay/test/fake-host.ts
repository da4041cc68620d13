/** A relay without a host: sockets that only remember, a clock that is moved by hand, a turn of the loop on request. */
import type { AnyFrame } from "@latchkey/core/relay-protocol";
import { decodeRelayFrame, encodeFrame } from "@latchkey/core/relay-protocol";
import type { Conn, Session } from "../src/connection.ts";
import { verifyEd25519 } from "../src/hosts/web-crypto.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "../src/limits.ts";
import type { LogEvent } from "../src/log.ts";
import { createRelay, type Relay } from "../src/relay.ts";
import { createMemoryMailboxes } from "../src/store/memory-mailboxes.ts";
import { createMemoryStore } from "../src/store/memory.ts";
import type { Store } from "../src/store/store.ts";
import { bytesOf, GENEROUS, makeJoin, randomOf, sha256, type TestRoom } from "./rig.ts";

export interface FakeConn extends Conn {
  readonly sent: Uint8Array[];
  readonly texts: string[];
  ended: { readonly code: number; readonly reason: string } | null;
  /** What `buffered` answers. */
  unsent: number | null;
}

export function makeConn(): FakeConn {
  const conn: FakeConn = {
    sent: [],
    texts: [],
    ended: null,
    unsent: 0,
    send: (message) => (typeof message === "string" ? conn.texts.push(message) : conn.sent.push(message)),
    close(code, reason) {
      conn.ended ??= { code, reason };
    },
    buffered: () => conn.unsent,
  };
  return conn;
}

export interface FakeHost {
  readonly relay: Relay;
  readonly store: Store;
  readonly events: LogEvent[];
  /** Milliseconds since 1970; move it. */
  readonly time: { now: number };
  /** Runs what waits for the next turn, until nothing does. */
  readonly turn: () => Promise<void>;
}

export function makeHost(
  limits: Partial<RelayLimits> = {},
  change: (store: Store) => Store = (s) => s,
): FakeHost {
  const all = { ...DEFAULT_LIMITS, ...GENEROUS, ...limits };
  const store = change(createMemoryStore(bytesOf(16), all));
  const waiting: (() => void)[] = [];
  const events: LogEvent[] = [];
  const time = { now: 1_800_000_000_000 };
  const clock = { now: () => time.now };
  return {
    store,
    events,
    time,
    relay: createRelay({
      store,
      mailboxes: createMemoryMailboxes(all, clock, randomOf),
      limits: all,
      origins: ["http://relay.test"],
      contact: null,
      admission: { mode: "open" },
      clock,
      random: randomOf,
      sha256,
      verifyEd25519,
      log: (_level, event) => events.push(event),
      nextTurn: (run) => waiting.push(run),
    }),
    async turn() {
      for (let idle = 0; idle < 3; idle++) {
        if (waiting.length > 0) idle = 0;
        for (const run of waiting.splice(0)) run();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

export interface FakeMember {
  readonly conn: FakeConn;
  readonly session: Session;
  readonly send: (frame: AnyFrame) => void;
  /** The frames that came since the last call. */
  readonly received: () => AnyFrame[];
}

export const CALLER = { address: "192.0.2.1", host: null };

/** A socket that was greeted, with its join. */
export function greetFake(host: FakeHost, room: TestRoom): FakeMember & { readonly join: AnyFrame } {
  const conn = makeConn();
  const session = host.relay.openRoom(conn, room.id, CALLER);
  if (session === null) throw new Error("no place");
  const received = (): AnyFrame[] => conn.sent.splice(0).map((bytes) => decodeRelayFrame(bytes));
  const send = (frame: AnyFrame): void => session.message(encodeFrame(frame));
  const [hello] = received();
  if (hello?.op !== "hello") throw new Error("no hello");
  return { conn, session, send, received, join: makeJoin(room, hello) };
}

/** A joined socket. */
export async function joinFake(host: FakeHost, room: TestRoom): Promise<FakeMember> {
  const member = greetFake(host, room);
  const { conn } = member;
  member.send(member.join);
  while (conn.sent.length === 0 && conn.ended === null) await new Promise((resolve) => setImmediate(resolve));
  const [welcome] = member.received();
  if (welcome?.op !== "welcome") throw new Error("no welcome");
  return member;
}
