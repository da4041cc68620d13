/**
 * The relay's HTTP face: routes only (relay.md § 5). It runs on every host that Hono runs on; what a host's sockets look like it is
 * told. `createApp` can be tested without a port, through `app.request`.
 *
 * | route                              | is                                                          |
 * | ---------------------------------- | ----------------------------------------------------------- |
 * | GET /v1/rooms/{roomId}/ws          | a room's socket                                             |
 * | GET /v1/mailboxes/{mailboxId}/ws   | a pairing mailbox's socket                                  |
 * | GET /v1/nameplates/{number}/ws     | the same, for who was told a number                         |
 * | GET /v1/info                       | versions, origins, instance id, every limit                 |
 * | GET /livez, /readyz, /healthz      | the loop turns; takes work; the same                        |
 * | GET /                              | what this is                                                |
 *
 * Paths hold room ids: nothing here logs one.
 */
import { parseMailboxId, parseNameplate, parseRoomId } from "@latchkey/core/relay-protocol";
import { type Context, Hono } from "hono";
import type { UpgradeWebSocket, WSContext } from "hono/ws";
import { FORWARDED_FOR, type Proxies, readClientAddress } from "./address.ts";
import type { Conn, Session } from "./connection.ts";
import { renderPage } from "./page.ts";
import type { Caller, Relay } from "./relay.ts";

export interface AppDeps {
  readonly relay: Relay;
  /** The host's WebSocket upgrade, and its socket as a `Conn`. */
  readonly upgrade: UpgradeWebSocket;
  readonly toConn: (socket: WSContext) => Conn;
  /** The IP address of the socket's peer. */
  readonly addressOf: (context: Context) => string;
  /** Whose word about the client's address counts. None: the peer is the client. */
  readonly proxies?: Proxies;
  /** Told when somebody who is no trusted proxy says that it forwards. */
  readonly onUntrustedProxy?: () => void;
}

const NO_PROXIES: Proxies = { trusted: [], header: null };

export function createApp(deps: AppDeps): Hono {
  const { relay, upgrade, toConn, addressOf, proxies = NO_PROXIES } = deps;
  const app = new Hono();

  app.use(async (c, next) => {
    if (c.req.header("transfer-encoding") !== undefined || (c.req.header("content-length") ?? "0") !== "0") {
      return c.body(null, 413);
    }
    c.header("x-content-type-options", "nosniff");
    return next();
  });

  function callerOf(c: Context): Caller {
    const peer = addressOf(c);
    if (proxies.trusted.length === 0 && c.req.header(FORWARDED_FOR) !== undefined) deps.onUntrustedProxy?.();
    const address = readClientAddress(peer, (name) => c.req.header(name), proxies);
    return { address, host: c.req.header("host") ?? null };
  }

  /** Routes sockets whose id `parse` reads; to any other id there is nothing. */
  function route<Id>(
    path: string,
    parse: (text: string) => Id | null,
    open: (conn: Conn, id: Id, caller: Caller) => Session | null,
  ): void {
    app.get(path, async (c, next) => {
      const id = parse(c.req.param("id") ?? "");
      if (id === null) return c.body(null, 404);
      if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return c.body(null, 426);
      const caller = callerOf(c);
      const refusal = relay.refuses(caller);
      if (refusal !== null) {
        return c.body(null, refusal.status, { "retry-after": String(refusal.retryAfterSeconds) });
      }
      return upgrade(() => {
        let session: Session | null = null;
        return {
          onOpen: (_event, socket) => void (session = open(toConn(socket), id, caller)),
          onMessage: ({ data }) =>
            session?.message(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer)),
          onClose: () => session?.closed(),
          onError: () => session?.closed(),
        };
      })(c, next);
    });
  }

  route("/v1/rooms/:id/ws", parseRoomId, (conn, id, caller) => relay.openRoom(conn, id, caller));
  route("/v1/mailboxes/:id/ws", parseMailboxId, relay.openMailbox);
  route("/v1/nameplates/:id/ws", parseNameplate, relay.openMailbox);

  app.get("/v1/info", (c) => {
    c.header("cache-control", "public, max-age=60");
    c.header("access-control-allow-origin", "*");
    return c.json(relay.info());
  });
  app.get("/livez", (c) => c.text("ok\n"));
  app.on("GET", ["/readyz", "/healthz"], async (c) =>
    (await relay.isReady()) ? c.text("ok\n") : c.text("not ready\n", 503, { "retry-after": "5" }),
  );
  app.get("/", (c) => {
    c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    c.header("cache-control", "no-store");
    return c.html(renderPage(relay.info(), relay.sockets()));
  });
  return app;
}
