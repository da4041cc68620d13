/** The sockets that are open here: let in, and the worst reader closed when all together hold too much memory. */
import { CLOSE } from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import { type Conn, createConnection, type Link, type Protocol, type Session } from "./connection.ts";
import type { RelayServices } from "./relay.ts";

export function createSessions(services: RelayServices) {
  const { gate, limits, state } = services;
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
    /** `null`: there was no place, and the socket is closed. */
    open(conn: Conn, group: IpGroup, speak: (link: Link) => Protocol): Session | null {
      if (!state.isDraining && gate.enter(group)) {
        const session = createConnection(services, conn, group, speak, () => sessions.delete(session));
        sessions.add(session);
        return session;
      }
      if (state.isDraining) conn.close(CLOSE.restart, "LK-RELAY-RESTART");
      else conn.close(CLOSE.rate, "LK-RELAY-RATE");
      return null;
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
