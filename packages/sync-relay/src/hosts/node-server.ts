/** HTTP and WebSockets on Node for the relay's app: bounds of the transport (relay.md § 6), sockets as `Conn`s, an orderly end. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { createAdaptorServer, type WebSocketServerLike } from "@hono/node-server";
import { VaultError } from "@latchkey/core/errors";
import { MAX_FRAME_BYTES } from "@latchkey/core/relay-protocol";
import { type WebSocket, WebSocketServer } from "ws";
import type { Conn } from "../connection.ts";

/** PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface NodeServer {
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Reads the certificate again. Throws `LK-RELAY-CONFIG`. */
  reload(): void;
  /** Takes no connections any more and ends those that are left after a moment. */
  close(): Promise<void>;
}

/** Slow headers and slow requests are cut. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const CHECK_EVERY_MS = 2_000;
/** For the close frames of clients that are there. */
const CLOSE_GRACE_MS = 1000;

type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

/** Listens. Throws `LK-RELAY-CONFIG` when the address cannot be had, or the certificate not be used. */
export async function listen(
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls: TlsFiles | null },
  fetch: Fetch,
): Promise<NodeServer> {
  // Ciphertext does not compress, and deflate opens a bomb.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const server = createAdaptorServer({
    fetch,
    ...(tls === null ? { createServer } : { createServer: createTlsServer }),
    // Its type lacks the undefined that exactOptionalPropertyTypes sees in the options of ws.
    websocket: { server: sockets as unknown as WebSocketServerLike },
    serverOptions: {
      ...(tls === null ? {} : readTls(tls)),
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Any other upgrade is an ordinary request: nobody would answer it and its socket would stay.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
  }) as Server;
  server.listen(port, host);
  await once(server, "listening").catch((cause: unknown) => {
    throw new VaultError("LK-RELAY-CONFIG", `cannot listen on ${host} port ${port}`, { cause });
  });

  return {
    port: (server.address() as AddressInfo).port,
    scheme: tls === null ? "http" : "https",
    reload() {
      if (tls !== null) (server as unknown as TlsServer).setSecureContext(readTls(tls));
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      const deadline = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, CLOSE_GRACE_MS);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function readTls({ cert, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  try {
    const pems = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(pems);
    return pems;
  } catch (cause) {
    throw new VaultError("LK-RELAY-CONFIG", "certificate and key cannot be used", { cause });
  }
}

/**
 * Sends on the raw socket: the wrapper that Hono makes for each event costs more than the commit. What is sent in one go, such as the
 * answers to a whole commit, leaves in one write.
 */
export function toConn({ raw }: { readonly raw?: unknown }): Conn {
  const socket = raw as WebSocket & { readonly _socket: Socket };
  const { _socket: connection } = socket;
  let isHeld = false;
  const release = (): void => {
    isHeld = false;
    connection.uncork();
  };
  return {
    send(message) {
      if (!isHeld) {
        isHeld = true;
        connection.cork();
        process.nextTick(release);
      }
      socket.send(message);
    },
    close: (code, reason) => socket.close(code, reason),
    buffered: () => socket.bufferedAmount,
  };
}
