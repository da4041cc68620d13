/**
 * One server of the relay's bench, in a process of its own on a free port of the loopback. Argument: which. It says its port, and its
 * memory when asked. Every server is as it comes, with its rates not limited, compression off, and no storage of its own, except ours, which
 * syncs what it acknowledges.
 *
 *   bare            frames go to the others of the same path; no framing, store or acknowledgement: the floor
 *   latchkey        our relay on Node with its SQLite file; further argument: the file
 *   latchkey-pg     our relay on Node over PostgreSQL; further argument: a file with the database's URL
 *   hocuspocus      @hocuspocus/server
 *   y-websocket     what y-websocket's server does, with y-protocols: the published one, @y/websocket-server 0.1.5, brings two builds of
 *                   yjs and fails at the first update
 *   automerge       automerge-repo's sync server
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { serveParent, tellParent } from "../bench/child.ts";

/** More than any row asks for. */
const PLENTY = 1_000_000_000;
const LIMITS = {
  roomPutBurstFrames: PLENTY,
  roomPutFramesPerSecond: PLENTY,
  roomPutBurstBytes: PLENTY,
  roomPutBytesPerSecond: PLENTY,
  roomLogBytes: PLENTY,
  roomLogEntries: PLENTY,
  upgradeBurst: PLENTY,
  roomsCreatedPerIpGroupPerDay: PLENTY,
  socketsPerIpGroup: PLENTY,
  socketsTotal: PLENTY,
  halfOpenPerIpGroup: PLENTY,
  halfOpenTotal: PLENTY,
  // Thousands dial at once, from a process that has the same cores.
  handshakeDeadlineSeconds: 60,
  egressBytesPerIpGroupPerDay: 1e15,
  diskFloorBytes: 0,
};

const [kind = "", path = ""] = process.argv.slice(2);
const port = await start();
serveParent(() => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external };
});
process.once("disconnect", () => process.exit(0));
tellParent({ port });

async function start(): Promise<number> {
  switch (kind) {
    case "latchkey":
    case "latchkey-pg": {
      const { startRelay } = await import("@latchkey/sync-relay/hosts/node");
      const store = kind === "latchkey" ? { file: path } : { databaseFile: path };
      const relay = await startRelay({
        ...store,
        admission: { mode: "open" },
        limits: LIMITS,
        log: () => {},
      });
      return Number(new URL(relay.address).port);
    }
    case "bare":
      return serveBare();
    case "hocuspocus": {
      const { Server } = await import("@hocuspocus/server");
      const server = new Server({ address: "127.0.0.1", port: 0, quiet: true });
      await server.listen(0);
      return server.address.port;
    }
    case "y-websocket": {
      const { serveYjs } = await import("./yjs-server.ts");
      const { http, sockets } = await listen();
      serveYjs(sockets);
      return (http.address() as AddressInfo).port;
    }
    case "automerge": {
      const { Repo } = await import("@automerge/automerge-repo");
      const { WebSocketServerAdapter } = await import("@automerge/automerge-repo-network-websocket");
      const { http, sockets } = await listen();
      const adapter = new WebSocketServerAdapter(
        sockets as ConstructorParameters<typeof WebSocketServerAdapter>[0],
      );
      // As the project's own sync server: keeps what it is given, answers whoever asks, offers nothing by itself.
      const repo = new Repo({ network: [adapter], sharePolicy: async () => false });
      process.once("disconnect", () => void repo.shutdown());
      return (http.address() as AddressInfo).port;
    }
    default:
      throw new Error(`no server "${kind}"`);
  }
}

async function listen() {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: 262_144 });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { http, sockets };
}

async function serveBare(): Promise<number> {
  const { http, sockets } = await listen();
  const rooms = new Map<string, Set<WebSocket>>();
  sockets.on("connection", (socket, { url = "" }) => {
    const room = rooms.get(url) ?? new Set();
    rooms.set(url, room.add(socket));
    socket.on("message", (data) => {
      for (const other of room) if (other !== socket) other.send(data);
    });
    socket.on("close", () => room.delete(socket));
  });
  return (http.address() as AddressInfo).port;
}
