/** One socket of a process to one room of one relay, with core's real session on it: until somebody ends it. */
import type { RelayRoom } from "@latchkey/core/device/relay-room";
import { openRoomSession, type RelaySession } from "@latchkey/core/device/relay-session";
import type { LinkReport } from "@latchkey/core/sync/link-effect";
import type { Process } from "./process.ts";
import type { SimRelay } from "./sim-relay.ts";
import type { World } from "./world.ts";

export interface Connection {
  /** Ends it from this side; the relay hears of it so much later. */
  end(relayHearsAfterMs: number): void;
}

export interface ConnectionUser {
  report(report: LinkReport): void;
  /** It is over, and not by `end`. */
  ended(): void;
}

/** `null` when there is no way to the relay. */
export function connect(
  world: World,
  process: Process,
  room: RelayRoom,
  relay: SimRelay,
  user: ConnectionUser,
): Connection | null {
  const { replica } = process;
  const early: Uint8Array[] = [];
  let session: RelaySession | null = null;
  let over = false;
  const finish = (): void => {
    over = true;
    process.connections.delete(connection);
    session?.end();
  };
  const endHere = (): void => {
    if (over) return;
    finish();
    wire?.cut(0);
    user.ended();
  };
  const connection: Connection = {
    end(relayHearsAfterMs) {
      if (over) return;
      finish();
      wire?.cut(relayHearsAfterMs);
    },
  };
  const wire = world.network.open(replica, relay, room.keys.id, {
    frame: (bytes) => {
      if (over) return;
      if (session === null) early.push(bytes);
      else session.receive(bytes);
    },
    ended: endHere,
  });
  if (wire === null) return null;
  process.connections.add(connection);
  const address = { origin: relay.origin, token: null };
  const opened = openRoomSession(room, address, {
    socket: { send: (frame) => wire.send(frame), close: endHere },
    report: (report) => {
      world.trace(`${replica.name} ${relay.origin}: ${report.is}`);
      user.report(report);
    },
    closed: (code) => {
      world.trace(`${replica.name} ${relay.origin}: closed ${code}`);
      world.judgeClosed(replica, code);
    },
    wait: (ms, resume) => world.timeline.after(ms, resume),
  }).then((made) => {
    if (over) return made.end();
    session = made;
    for (const bytes of early) made.receive(bytes);
    return undefined;
  });
  world.watch(`${replica.name} connects`, opened);
  return connection;
}

/** A visit may take so long. */
const VISIT_MS = 30_000;

/** Connects once, and resolves when the room and the device have told each other everything; `false` when it does not come to that. */
export function visitRoom(
  world: World,
  process: Process,
  room: RelayRoom,
  relay: SimRelay,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (settled: boolean): void => {
      connection?.end(0);
      resolve(settled);
    };
    const connection = connect(world, process, room, relay, {
      report: ({ is }) => {
        if (is === "settled") finish(true);
      },
      ended: () => resolve(false),
    });
    if (connection === null) resolve(false);
    else world.timeline.after(VISIT_MS, () => finish(false));
  });
}
