/**
 * The relay without a host: rooms, mailboxes, limits, time and health, put together (relay.md § 4). A host gives it sockets, a clock
 * tick about once a second, and what it lacks: a store, randomness, SHA-256, Ed25519. It holds no key that opens anything.
 */
import {
  CLOSE,
  type Clock,
  encodeBase64url,
  PROTOCOL_LIMITS,
  PROTOCOL_VERSIONS,
  type Random,
  type RoomId,
  type Sha256,
  type VerifyEd25519,
} from "@latchkey/core/relay-protocol";
import { groupOf } from "./address.ts";
import { type AdmissionRule, createAdmission } from "./admission.ts";
import type { Conn, Session } from "./connection.ts";
import { createFollower, type Follower } from "./follower.ts";
import { dayOf, type RelayLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createMailboxes } from "./mailbox.ts";
import { createMetrics } from "./metrics.ts";
import { createPutQueue } from "./put-queue.ts";
import { createBudgets } from "./rate.ts";
import { createRefusals } from "./refusals.ts";
import { type Joined, type RoomSocket, speakRoom } from "./room-session.ts";
import { createRooms } from "./room.ts";
import { createSessions } from "./sessions.ts";
import { createSocketGate } from "./socket-gate.ts";
import { watchStoreHealth } from "./store-health.ts";
import type { MailboxKey, MailboxStore } from "./store/mailbox-store.ts";
import type { Store } from "./store/store.ts";

export interface RelayDeps {
  readonly store: Store;
  readonly mailboxes: MailboxStore;
  readonly limits: RelayLimits;
  /** The origins that clients dial, at least one: the audiences of the handshake. Never taken from a Host header. */
  readonly origins: readonly string[];
  readonly contact: string | null;
  /** Who may create rooms. */
  readonly admission: AdmissionRule;
  readonly clock: Clock;
  readonly random: Random;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
  readonly log: Log;
  /** Runs a function in the next turn of the event loop. */
  readonly nextTurn: (run: () => void) => void;
}

/** What the parts of a relay share. */
export type RelayServices = ReturnType<typeof createServices>;

/** Where a socket comes from. */
export interface Caller {
  /** The peer's IP address. */
  readonly address: string;
  /** The Host header, which chooses among the configured origins and is never believed beyond that. */
  readonly host: string | null;
}

export type Relay = ReturnType<typeof createRelay>;
export type RelayInfo = ReturnType<Relay["info"]>;

export const SOFTWARE = "latchkey-sync-relay 0.1.0";
/** How often hosts call `tick`. */
export const TICK_MS = 1000;
const REPORT_EVERY_MS = 60_000;
/** What someone waits who met a full house: sockets close at no known time. */
const FULL_RETRY_MS = 5000;
/** Failed commits in a row after which the relay is not ready. */
const MAX_FAILURES = 3;

function createServices(deps: RelayDeps) {
  const { clock, limits, log, store } = deps;
  const today = (): number => dayOf(clock.now());
  const metrics = createMetrics();
  const budgets = createBudgets(limits, clock, metrics);
  const { isDiskLow, ...health } = watchStoreHealth(store, limits, clock, log);
  const rooms = createRooms(limits.socketsPerRoom, store.others && ((room) => void follower?.look([room])));
  const follower: Follower | null = store.others && createFollower(store.others, rooms, clock, log);
  const puts = createPutQueue(deps, rooms, metrics, today);
  const admission = createAdmission(deps, budgets);
  const gate = createSocketGate(limits);
  const refusals = createRefusals(log, deps.random, deps.sha256);
  const state = { isDraining: false };
  const parts = { admission, budgets, follower, gate, health, isDiskLow, metrics, puts, refusals, rooms };
  return { ...deps, ...parts, state, today };
}

export function createRelay(deps: RelayDeps) {
  const services = createServices(deps);
  const { admission, budgets, clock, follower, gate, health, limits, log, metrics } = services;
  const { isDiskLow, origins, puts, refusals, rooms, state, store, today } = services;
  const sessions = createSessions(services);
  const mailboxes = createMailboxes(services);
  let tickedAt = clock.now();
  let loopDelayMs = 0;
  let reportedAt = clock.now();
  let expiredDay = -1;

  const isFit = (): boolean =>
    !state.isDraining && health.answers() && puts.failures() < MAX_FAILURES && !isDiskLow("rooms");

  /** `onJoined` is told what `resumeRoom` needs. `null`: there was no place, and the socket is closed. */
  function openRoom(
    conn: Conn,
    roomId: RoomId,
    { address, host }: Caller,
    onJoined: (joined: Joined) => void = () => {},
    resumed: RoomSocket["resumed"] = null,
  ): Session | null {
    const [first = ""] = origins;
    const origin = origins.find((text) => text.slice(text.indexOf("//") + 2) === host) ?? first;
    const socket: RoomSocket = { roomId, origin, onJoined, resumed };
    return sessions.open(conn, groupOf(address), (link) => speakRoom(services, socket, link));
  }

  async function expire(): Promise<void> {
    expiredDay = today();
    const refs = rooms.open().map((room) => room.ref);
    await store.touch(refs, expiredDay);
    const expired = await store.expire(expiredDay);
    metrics.add("expired_rooms_total", expired);
    if (expired > 0) log("info", "expired", { rooms: expired });
  }

  async function report(): Promise<void> {
    reportedAt = clock.now();
    const counts = { sockets: gate.sockets(), halfOpen: gate.halfOpen(), rooms: rooms.open().length };
    log("info", "minute", counts);
    refusals.report(today());
    budgets.prune();
    await deps.mailboxes.expire();
  }

  return {
    /** Asked before an upgrade: why it is refused, or `null`. */
    refuses({ address }: Caller): { status: 429 | 503; retryAfterSeconds: number } | null {
      if (state.isDraining) return { status: 503, retryAfterSeconds: Math.max(1, limits.drainJitterSeconds) };
      const group = groupOf(address);
      const wait = gate.hasRoom(group) ? budgets.spend("upgrades", group) : FULL_RETRY_MS;
      if (wait === 0) return null;
      metrics.add("refused_upgrades_total");
      refusals.count(group, "LK-RELAY-RATE");
      return { status: 429, retryAfterSeconds: Math.ceil(wait / 1000) };
    },
    openRoom,
    /** A socket that joined before this relay was started, and stayed open on a host that lets sockets sleep. `null`: it was closed. */
    async resumeRoom(conn: Conn, roomId: RoomId, caller: Caller, joined: Joined): Promise<Session | null> {
      const state = await store.openRoom(roomId, today());
      if (state !== null) return openRoom(conn, roomId, caller, undefined, { joined, state });
      conn.close(CLOSE.gone, "LK-RELAY-GONE");
      return null;
    },
    openMailbox: (conn: Conn, key: MailboxKey, { address }: Caller): Session | null =>
      sessions.open(conn, groupOf(address), (link) => mailboxes.speak(key, link)),
    /** What it publishes about itself at `/v1/info`: versions, audiences, and every bound that a client can meet. */
    info: () => ({
      software: SOFTWARE,
      protocolVersions: PROTOCOL_VERSIONS,
      origins,
      instanceId: encodeBase64url(store.instanceId),
      admission: admission.mode,
      limits: { ...limits, ...PROTOCOL_LIMITS },
      contact: deps.contact,
    }),
    /** Sockets open now. */
    sockets: gate.sockets,
    /** Prometheus' text. For the operator: not a route of the public face. */
    metrics: () =>
      metrics.render({
        sockets: gate.sockets(),
        half_open: gate.halfOpen(),
        rooms_open: rooms.open().length,
        mailboxes_open: mailboxes.count(),
        pending_put_bytes: puts.pendingBytes(),
        unsent_bytes: sessions.bufferedBytes(),
        loop_delay_seconds: loopDelayMs / 1000,
        other_relays_lag_seconds: follower?.lagSeconds() ?? 0,
        ready: isFit() ? 1 : 0,
        ...(health.freeBytes() === null ? {} : { disk_free_bytes: health.freeBytes() ?? 0 }),
      }),
    async isReady(): Promise<boolean> {
      await health.probe();
      return isFit();
    },
    /** About once a second: everything that happens with time. */
    async tick(): Promise<void> {
      sessions.tick();
      mailboxes.tick();
      follower?.tick();
      const now = clock.now();
      loopDelayMs = Math.max(0, now - tickedAt - TICK_MS);
      tickedAt = now;
      try {
        await health.tick();
        if (now - reportedAt >= REPORT_EVERY_MS) await report();
        if (today() !== expiredDay) await expire();
      } catch {
        log("error", "store-failed");
      }
    },
    /** Takes nothing new, finishes and acknowledges what waits, says `goaway`, closes every socket with 1012. */
    async drain(): Promise<void> {
      if (state.isDraining) return;
      state.isDraining = true;
      log("info", "draining", { sockets: gate.sockets() });
      await puts.idle();
      sessions.dismiss(limits.drainJitterSeconds * 1000);
    },
  };
}
