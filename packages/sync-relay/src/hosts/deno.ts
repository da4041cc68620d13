/** The relay on Deno: its own sockets, `node:sqlite` or PostgreSQL as on Node. Run it to serve (`run-process.ts`). */
import { VaultError } from "@latchkey/core/errors";
import { getConnInfo, upgradeWebSocket } from "hono/deno";
import { runProcess } from "./run-process.ts";
import { type Host, type RelayOptions, type RunningRelay, serveRelay, untilEmpty } from "./serve-relay.ts";

type DenoServer = { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
declare const Deno: { serve(options: object, fetch: unknown): DenoServer };

const open = new Set<WebSocket>();

const deno: Host = {
  upgrade: upgradeWebSocket,
  addressOf: (context) => getConnInfo(context).remote.address,
  toConn({ raw }) {
    const socket = raw as WebSocket;
    open.add(socket);
    socket.addEventListener("close", () => open.delete(socket));
    return {
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(code, reason),
      buffered: () => socket.bufferedAmount,
    };
  },
  async listen({ host, port, tls }, fetch) {
    if (tls !== null) throw new VaultError("LK-RELAY-CONFIG", "on Deno TLS is a proxy's part");
    const server = Deno.serve({ hostname: host, port, onListen() {} }, fetch);
    // Deno's own shutdown would overtake the close frames.
    const close = (): Promise<void> => untilEmpty(open).then(() => server.shutdown());
    return { port: server.addr.port, scheme: "http", reload() {}, close };
  },
};

/** Starts a relay. Throws `LK-RELAY-CONFIG`. */
export const startRelay = (options: RelayOptions): Promise<RunningRelay> => serveRelay(deno, options);

if (import.meta.main) await runProcess(startRelay);
