/** The sockets that are open here: let in, counted out, and the worst reader closed when all together hold too much memory. */
import type { ErrorCode } from "@latchkey/core/errors";
import { CLOSE } from "@latchkey/core/relay-protocol";
import {
  type Conn,
  type ConnectionDeps,
  createConnection,
  type Link,
  type Protocol,
  type Session,
} from "./connection.ts";
import type { IpGroup } from "./ip-group.ts";
import type { Refusals } from "./refusals.ts";
import type { SocketGate } from "./socket-gate.ts";

export interface Sessions {
  /** `null`: there was no place, and the socket is closed. `resumed`: it joined before this relay was started. */
  open(
    conn: Conn,
    address: string,
    speak: (link: Link, group: IpGroup) => Protocol,
    resumed?: boolean,
  ): Session | null;
  tick(): void;
  /** Accepted for sending and not yet sent, of all. */
  bufferedBytes(): number;
  /** Tells everybody to come again later, spread over so long, and closes. */
  dismiss(jitterMs: number): void;
}

export interface SessionsDeps extends Pick<ConnectionDeps, "clock" | "limits" | "log" | "metrics"> {
  readonly gate: SocketGate;
  readonly refusals: Refusals;
  readonly isDraining: () => boolean;
}

/** Closed for it, a socket was of somebody who may be trying something. */
const STRANGERS_FAULT: ReadonlySet<ErrorCode | ""> = new Set([
  "LK-RELAY-ADMISSION",
  "LK-RELAY-AUTH",
  "LK-RELAY-FRAME",
  "LK-RELAY-HANDSHAKE-TIMEOUT",
  "LK-RELAY-PROTOCOL",
  "LK-RELAY-RATE",
]);

export function createSessions(deps: SessionsDeps): Sessions {
  const { gate, isDraining, limits, metrics, refusals } = deps;
  const sessions = new Set<Session>();

  /** Slow readers together must not eat the memory: the worst goes. */
  function relieve(): void {
    const worst = [...sessions].sort((a, b) => b.buffered() - a.buffered());
    let total = worst.reduce((sum, session) => sum + session.buffered(), 0);
    for (const session of worst) {
      if (total <= limits.outboundTotalBytes) return;
      total -= session.buffered();
      session.end(CLOSE.overload, "LK-RELAY-SLOW");
    }
  }

  return {
    open(conn, address, speak, resumed = false) {
      const lease = isDraining() ? null : gate.enter(address);
      if (lease === null) {
        if (isDraining()) conn.close(CLOSE.restart, "LK-RELAY-RESTART");
        else conn.close(CLOSE.rate, "LK-RELAY-RATE");
        return null;
      }
      const session: Session = createConnection(
        {
          ...deps,
          onEnd(reason) {
            metrics.add("closes_total", 1, reason === "" ? "none" : reason);
            if (STRANGERS_FAULT.has(reason)) refusals.count(lease.group);
          },
          lease: {
            ...lease,
            leave() {
              lease.leave();
              sessions.delete(session);
            },
          },
        },
        conn,
        (link) => speak(link, lease.group),
        resumed,
      );
      sessions.add(session);
      return session;
    },
    tick() {
      for (const session of sessions) session.tick();
      relieve();
    },
    bufferedBytes: () => [...sessions].reduce((sum, session) => sum + session.buffered(), 0),
    dismiss(jitterMs) {
      for (const session of sessions) {
        session.sendFrame({ op: "goaway", retryAfterMs: 0, jitterMs });
        session.end(CLOSE.restart, "LK-RELAY-RESTART");
      }
    },
  };
}
