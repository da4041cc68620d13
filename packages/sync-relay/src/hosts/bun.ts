/** The relay on Bun: its own sockets, `node:sqlite` or PostgreSQL as on Node. Run it to serve (`run-process.ts`). */
import { VaultError } from "@latchkey/core/errors";
import { MAX_FRAME_BYTES } from "@latchkey/core/relay-protocol";
import { getConnInfo, upgradeWebSocket, websocket } from "hono/bun";
import { runProcess } from "./run-process.ts";
import { type Host, type RelayOptions, type RunningRelay, serveRelay } from "./serve-relay.ts";

type BunSocket = Pick<WebSocket, "send" | "close"> & { getBufferedAmount(): number };
declare const Bun: {
  serve(options: object): { readonly port: number; stop(closeSockets: boolean): Promise<void> };
};

const bun: Host = {
  upgrade: upgradeWebSocket,
  addressOf: (context) => getConnInfo(context).remote.address,
  toConn({ raw }) {
    const socket = raw as BunSocket;
    return {
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(code, reason),
      buffered: () => socket.getBufferedAmount(),
    };
  },
  async listen({ host, port, tls }, fetch) {
    if (tls !== null) throw new VaultError("LK-RELAY-CONFIG", "on Bun TLS is a proxy's part");
    const sockets = {
      ...websocket,
      maxPayloadLength: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      sendPings: false,
    };
    const server = Bun.serve({ hostname: host, port, fetch, websocket: sockets });
    return { port: server.port, scheme: "http", reload() {}, close: () => server.stop(true) };
  },
};

/** Starts a relay. Throws `LK-RELAY-CONFIG`. */
export const startRelay = (options: RelayOptions): Promise<RunningRelay> => serveRelay(bun, options);

if (import.meta.main) await runProcess(startRelay);
