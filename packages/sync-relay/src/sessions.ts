/** The sockets that are open here: let in, counted out, and the worst reader closed when all together hold too much memory. */
import type { ErrorCode } from "@latchkey/core/errors";
import { CLOSE } from "@latchkey/core/relay-protocol";
import { groupOf, type IpGroup } from "./address.ts";
import { type Conn, createConnection, type Link, type Protocol, type Session } from "./connection.ts";
import type { Refusals } from "./refusals.ts";
import type { RelayServices } from "./relay.ts";
import type { SocketGate } from "./socket-gate.ts";

/** Closed for it, a socket was of somebody who may be trying something. */
const STRANGERS_FAULT: ReadonlySet<ErrorCode | ""> = new Set([
  "LK-RELAY-ADMISSION",
  "LK-RELAY-AUTH",
  "LK-RELAY-FRAME",
  "LK-RELAY-HANDSHAKE-TIMEOUT",
  "LK-RELAY-PROTOCOL",
  "LK-RELAY-RATE",
]);

export function createSessions(services: RelayServices, gate: SocketGate, refusals: Refusals) {
  const { limits, metrics, state } = services;
  const sessions = new Set<Session>();
  const bufferedBytes = (): number => [...sessions].reduce((sum, session) => sum + session.buffered(), 0);

  /** Slow readers together must not eat the memory: the worst goes. */
  function relieve(): void {
    let total = bufferedBytes();
    if (total <= limits.outboundTotalBytes) return;
    for (const session of [...sessions].sort((a, b) => b.buffered() - a.buffered())) {
      if (total <= limits.outboundTotalBytes) return;
      total -= session.buffered();
      session.end(CLOSE.overload, "LK-RELAY-SLOW");
    }
  }

  return {
    /** `null`: there was no place, and the socket is closed. `resumed`: it joined before this relay was started. */
    open(
      conn: Conn,
      address: string,
      speak: (link: Link, group: IpGroup) => Protocol,
      resumed = false,
    ): Session | null {
      const group = groupOf(address);
      if (state.isDraining || !gate.enter(group)) {
        if (state.isDraining) conn.close(CLOSE.restart, "LK-RELAY-RESTART");
        else conn.close(CLOSE.rate, "LK-RELAY-RATE");
        return null;
      }
      const events = {
        joined() {
          metrics.add("joins_total");
          gate.joined(group);
        },
        ended(reason: ErrorCode | "") {
          metrics.add("closes_total", 1, reason || "none");
          if (STRANGERS_FAULT.has(reason)) refusals.count(group);
        },
        left(wasJoined: boolean) {
          gate.leave(group, !wasJoined);
          sessions.delete(session);
        },
      };
      const session = createConnection(services, conn, (link) => speak(link, group), events, resumed);
      sessions.add(session);
      return session;
    },
    tick(): void {
      for (const session of sessions) session.tick();
      relieve();
    },
    /** Accepted for sending and not yet sent, of all. */
    bufferedBytes,
    /** Tells everybody to come again later, spread over so long, and closes. */
    dismiss(jitterMs: number): void {
      for (const session of sessions) {
        session.send({ op: "goaway", retryAfterMs: 0, jitterMs });
        session.end(CLOSE.restart, "LK-RELAY-RESTART");
      }
    },
  };
}
