/**
 * Keeps one device connected to one relay: connects, runs a session, and after its end tries again with a growing, jittered wait
 * (0.5 s to 60 s, reset after a minute of quiet). Being without a relay is a normal state; it is told, never thrown.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import type { Device } from "@latchkey/core/device/device";
import { noteRelayReport } from "@latchkey/core/device/relay-evidence";
import { openRelaySession, type RelaySession } from "@latchkey/core/device/relay-session";
import { type RelayAddress, type RoomId, roomSocketUrl } from "@latchkey/core/relay-protocol";
import type { LinkReport } from "@latchkey/core/sync/link-effect";
import { startTimer, type Timer } from "../timers.ts";
import { openSocket, type Socket } from "#web-socket";

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** A session that lasted this long was a good one: the next wait starts small again. */
const QUIET_MS = 60_000;
const JITTER = 0.2;
/** From dialling to the relay's welcome: a relay that greets and then says nothing is as good as none. Three times its own deadline. */
const JOIN_MS = 15_000;

/** Whatever a relay asks for: it neither has us knock without pause nor sends us away for good. */
const boundWait = (ms: number): number => Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ms));

export interface RelayStatus {
  readonly origin: string;
  /** `settled`: the relay holds everything that this device has, and the other way round. */
  readonly state: "connecting" | "joined" | "settled" | "offline";
  /** Why there is no connection, or why the last one ended. */
  readonly problem: ErrorCode | null;
  /** The relay was found without what it had, and is being given it again. */
  readonly healed: number;
  /** When it was last settled, in milliseconds since 1970. */
  readonly settledAt: number | null;
  /** The day on which the relay forgets the room unless somebody joins it before. */
  readonly expiresDay: number | null;
}

export interface RelayClient {
  status(): RelayStatus;
  /** Tries at once instead of waiting. */
  connectNow(): void;
  stop(): void;
}

export function createRelayClient(
  device: Device,
  relay: RelayAddress,
  onChange: (status: RelayStatus) => void,
  joinMs: number = JOIN_MS,
): RelayClient {
  let status: RelayStatus = {
    origin: relay.origin,
    state: "connecting",
    problem: null,
    healed: 0,
    settledAt: null,
    expiresDay: null,
  };
  let stopped = false;
  let socket: Socket | null = null;
  let session: RelaySession | null = null;
  let timer: Timer | undefined;
  let wait = SHORTEST_WAIT_MS;
  let openedAt = 0;
  let moved = false;

  function update(change: Partial<RelayStatus>): void {
    status = { ...status, ...change };
    onChange(status);
  }

  function onReport(report: LinkReport): void {
    // A note that cannot be kept is no reason to break a connection that works.
    noteRelayReport(device, relay.origin, report).catch(() => {});
    switch (report.is) {
      case "joined":
        return update({ state: "joined", problem: null, expiresDay: report.expiresDay });
      case "relay-lost-data":
      case "acknowledged-without-storing":
        return update({ healed: status.healed + 1 });
      case "caught-up":
        return update({ state: "joined" });
      case "settled":
        return update({ state: "settled", settledAt: device.deps.clock.now() });
      case "refused":
        return update({ problem: report.code });
      case "going-away":
        wait = boundWait(report.retryAfterMs + Math.random() * report.jitterMs);
        return undefined;
    }
  }

  function connect(): void {
    clearTimeout(timer);
    if (stopped || socket !== null) return;
    update({ state: "connecting" });
    openedAt = device.deps.clock.now();
    // Frames may come before the session has read what it knows: kept in order until then.
    const early: Uint8Array[] = [];
    const mine = openSocket(roomSocketUrl(relay.origin, device.context.epoch.logId as RoomId), {
      frame: (bytes) => (session === null ? early.push(bytes) : session.receive(bytes)),
      end: (code) => onEnd(code),
    });
    socket = mine;
    let closedFor: ErrorCode | null = null;
    const host = {
      socket: mine,
      report: onReport,
      closed: (code: ErrorCode) => {
        closedFor = code;
        update({ problem: code });
      },
      wait: (ms: number, resume: () => void) => void startTimer(resume, boundWait(ms)),
    };
    const deadline = startTimer(() => {
      if (status.state !== "connecting") return;
      host.closed("LK-RELAY-HANDSHAKE-TIMEOUT");
      mine.close();
    }, joinMs);
    const onEnd = (code: ErrorCode): void => {
      clearTimeout(deadline);
      session?.end();
      session = null;
      socket = null;
      if (stopped) return;
      if (device.deps.clock.now() - openedAt > QUIET_MS) wait = SHORTEST_WAIT_MS;
      if (moved) {
        moved = false;
        return connect();
      }
      update({ state: "offline", problem: closedFor ?? code });
      timer = setTimeout(connect, wait * (1 + JITTER * (2 * Math.random() - 1)));
      wait = boundWait(wait * 2);
    };
    void openRelaySession(device, relay, host).then((opened) => {
      if (socket !== mine) return opened.end();
      session = opened;
      for (const bytes of early) opened.receive(bytes);
      return undefined;
    });
  }

  // What was just accepted here is not there yet: the link says when it is.
  const unsubscribe = device.subscribe((notices) => {
    // In the room of the new epoch at once; the session in the old one ends by itself.
    if (notices.some(({ is }) => is === "moved")) moved = true;
    if (status.state === "settled" && notices.some(({ is }) => is === "accepted"))
      update({ state: "joined" });
  });
  connect();
  return {
    status: () => status,
    connectNow() {
      wait = SHORTEST_WAIT_MS;
      connect();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
      session?.end();
      socket?.close();
    },
  };
}
