/**
 * The relay without a host: rooms, mailboxes, limits, time and health, put together (relay.md § 4). A host gives it sockets, a clock
 * tick about once a second, and what it lacks: a store, randomness, SHA-256, Ed25519. It holds no key that opens anything.
 */
import {
  CLOSE,
  type Clock,
  type MailboxId,
  type Random,
  type RoomId,
  type Sha256,
  type VerifyEd25519,
} from "@latchkey/core/relay-protocol";
import { type Admission, type AdmissionRule, createAdmission } from "./admission.ts";
import { type Budgets, createBudgets } from "./budgets.ts";
import type { Conn, Session } from "./connection.ts";
import { createFollower } from "./follower.ts";
import { describeRelay, type RelayInfo } from "./info.ts";
import { groupOf } from "./ip-group.ts";
import { dayOf, type RelayLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createMailboxes } from "./mailbox.ts";
import { speakMailbox } from "./mailbox-session.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createPutQueue, type PutQueue } from "./put-queue.ts";
import { createRefusals } from "./refusals.ts";
import { type Joined, speakRoom } from "./room-session.ts";
import { createRooms, type Rooms } from "./room.ts";
import { createSessions } from "./sessions.ts";
import { createSocketGate } from "./socket-gate.ts";
import { watchStoreHealth } from "./store-health.ts";
import type { Store } from "./store/store.ts";

export interface RelayDeps {
  readonly store: Store;
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
export interface RelayServices
  extends
    Pick<RelayDeps, "store" | "limits" | "clock" | "random" | "sha256" | "verifyEd25519" | "log">,
    Omit<Budgets, "prune"> {
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly rooms: Rooms;
  readonly puts: PutQueue;
  today(): number;
  isDraining(): boolean;
  isDiskLow(forWhat: "rooms" | "puts"): boolean;
}

/** Where a socket comes from. */
export interface Caller {
  /** The peer's IP address. */
  readonly address: string;
  /** The Host header, which chooses among the configured origins and is never believed beyond that. */
  readonly host: string | null;
}

/** Why an upgrade is refused. */
export interface Refusal {
  readonly status: 429 | 503;
  readonly retryAfterSeconds: number;
}

export interface Relay {
  /** Asked before an upgrade. */
  refuses(caller: Caller): Refusal | null;
  /** `onJoined` is told what `resumeRoom` needs. */
  openRoom(conn: Conn, roomId: RoomId, caller: Caller, onJoined?: (joined: Joined) => void): Session | null;
  /** A socket that joined before this relay was started, and stayed open on a host that lets sockets sleep. `null`: it was closed. */
  resumeRoom(conn: Conn, roomId: RoomId, caller: Caller, joined: Joined): Promise<Session | null>;
  openMailbox(conn: Conn, mailboxId: MailboxId, caller: Caller): Session | null;
  info(): RelayInfo;
  /** Sockets open now. */
  sockets(): number;
  /** Prometheus' text. For the operator: not a route of the public face. */
  metrics(): string;
  isReady(): Promise<boolean>;
  /** About once a second: everything that happens with time. */
  tick(): Promise<void>;
  /** Takes nothing new, finishes and acknowledges what waits, says `goaway`, closes every socket with 1012. */
  drain(): Promise<void>;
}

/** How often hosts call `tick`. */
export const TICK_MS = 1000;
const REPORT_EVERY_MS = 60_000;
/** Failed commits in a row after which the relay is not ready. */
const MAX_FAILURES = 3;

export function createRelay(deps: RelayDeps): Relay {
  const { clock, limits, log, origins, store } = deps;
  const today = (): number => dayOf(clock.now());
  const gate = createSocketGate(limits, clock);
  const rooms = createRooms(limits.socketsPerRoom, store.others && ((room) => follower?.look([room.ref])));
  const follower = store.others && createFollower(store.others, rooms, clock, log);
  const mailboxes = createMailboxes(limits, clock);
  const metrics = createMetrics();
  const budgets = createBudgets(limits, clock, metrics);
  const health = watchStoreHealth(store, limits, clock, log);
  const refusals = createRefusals(log, deps.random, deps.sha256);

  let draining = false;
  const isDraining = (): boolean => draining;
  const sessions = createSessions({ clock, limits, log, metrics, gate, refusals, isDraining });
  let tickedAt = clock.now();
  let loopDelayMs = 0;
  let reportedAt = clock.now();
  let expiredDay = -1;

  const puts = createPutQueue({
    store,
    rooms,
    log,
    today,
    clock,
    metrics,
    nextTurn: deps.nextTurn,
  });

  const services: RelayServices = {
    ...deps,
    admission: createAdmission(deps.admission, { store, limits, budgets, sha256: deps.sha256 }),
    metrics,
    rooms,
    puts,
    today,
    isDraining,
    isDiskLow: (forWhat) => health.isDiskLow(forWhat),
    ...budgets,
  };

  /** The configured origin that the Host header names, else the first. */
  function audienceOf(host: string | null): string {
    const [first = ""] = origins;
    return origins.find((origin) => origin.slice(origin.indexOf("//") + 2) === host) ?? first;
  }

  const isFit = (): boolean =>
    !draining && health.answers() && puts.failures() < MAX_FAILURES && !health.isDiskLow("rooms");

  async function expire(): Promise<void> {
    expiredDay = today();
    await store.touch(
      rooms.open().map((room) => room.ref),
      expiredDay,
    );
    const expired = await store.expire(expiredDay);
    metrics.add("expired_rooms_total", expired);
    if (expired > 0) log("info", "expired", { rooms: expired });
  }

  function report(): void {
    reportedAt = clock.now();
    log("info", "minute", {
      sockets: gate.sockets(),
      halfOpen: gate.halfOpen(),
      rooms: rooms.open().length,
    });
    refusals.report(today());
    gate.prune();
    budgets.prune();
  }

  return {
    refuses({ address }) {
      if (draining) return { status: 503, retryAfterSeconds: Math.max(1, limits.drainJitterSeconds) };
      const wait = gate.check(address);
      if (wait === 0) return null;
      metrics.add("refused_upgrades_total");
      refusals.count(groupOf(address));
      return { status: 429, retryAfterSeconds: Math.ceil(wait / 1000) };
    },
    openRoom: (conn, roomId, caller, onJoined = () => {}) =>
      sessions.open(conn, caller.address, (link, group) =>
        speakRoom(services, { roomId, origin: audienceOf(caller.host), group }, link, onJoined),
      ),
    async resumeRoom(conn, roomId, caller, joined) {
      const state = await store.openRoom(roomId, today());
      if (state === null) {
        conn.close(CLOSE.gone, "LK-RELAY-GONE");
        return null;
      }
      const origin = audienceOf(caller.host);
      const resumed = { joined, state };
      return sessions.open(
        conn,
        caller.address,
        (link, group) => speakRoom(services, { roomId, origin, group }, link, () => {}, resumed),
        true,
      );
    },
    openMailbox: (conn, mailboxId, caller) =>
      sessions.open(conn, caller.address, (link, group) => speakMailbox(mailboxes, mailboxId, group, link)),
    info: () =>
      describeRelay({
        origins,
        instanceId: store.instanceId,
        admission: services.admission.mode,
        limits,
        contact: deps.contact,
      }),
    sockets: () => gate.sockets(),
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
    async isReady() {
      await health.probe();
      return isFit();
    },
    async tick() {
      sessions.tick();
      mailboxes.tick();
      follower?.tick();
      const now = clock.now();
      loopDelayMs = Math.max(0, now - tickedAt - TICK_MS);
      tickedAt = now;
      if (now - reportedAt >= REPORT_EVERY_MS) report();
      try {
        await health.tick();
        if (today() !== expiredDay) await expire();
      } catch {
        log("error", "store-failed");
      }
    },
    async drain() {
      if (draining) return;
      draining = true;
      log("info", "draining", { sockets: gate.sockets() });
      await puts.idle();
      sessions.dismiss(limits.drainJitterSeconds * 1000);
    },
  };
}
