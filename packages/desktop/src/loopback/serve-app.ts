/**
 * The loopback server of the app (experience.md § 12): hands out the page, lets it in for the launch token of the address that was opened,
 * and speaks with it over one WebSocket.
 *
 *   GET  /, /assets/…          the page
 *   POST /api/enter            launch token in the body → page token
 *   POST /api/ticket           page token in the header `Latchkey-Page` → ticket
 *   GET  /api/socket?ticket=   upgrade; one socket a page: a further one takes the place of the one before
 *
 * Nothing of a request is ever logged, least of all its query. No CORS header is ever sent. What it cannot stop is a program that runs as
 * the same user.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { systemClock, systemRandom } from "../host/vault-host.ts";
import { judgeRead, judgeUpgrade, judgeWrite } from "./guard.ts";
import { securityHeaders } from "./headers.ts";
import { listenOnLoopback } from "./listen.ts";
import { openPageConnection, type PageConnection } from "./page-connection.ts";
import { PAGE, type PageFiles } from "./page-files.ts";
import { createOwnMailbox } from "./own-mailbox.ts";
import { createPractice } from "./practice-methods.ts";
import type { ServedVault } from "./served-vault.ts";
import { createTokens, type Page } from "./tokens.ts";

export interface AppServer {
  readonly port: number;
  /** An address that opens the app: good once, and for a minute. It lets in: to be shown to the person and nobody else. */
  makeLink(): string;
  close(): Promise<void>;
}

/** Stays the same over the years if it can: the browser keeps settings by address. */
export const PREFERRED_APP_PORT = 4_488;
/** Of a token. */
const MAX_BODY_BYTES = 256;
/** A picture of a code in base64url; everything else is far smaller. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const TICKET = /^\/api\/socket\?ticket=([A-Za-z0-9_-]{22})$/;
/** RFC 6455 § 7.4.1. */
const POLICY_VIOLATION = 1008;

export async function serveApp(
  served: ServedVault,
  files: PageFiles,
  port: number = PREFERRED_APP_PORT,
): Promise<AppServer> {
  const tokens = createTokens({ clock: systemClock, random: systemRandom });
  const mailbox = createOwnMailbox(served);
  const practice = createPractice(served);
  const connections = new Map<Page, { readonly socket: WebSocket; readonly connection: PageConnection }>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const loopback = await listenOnLoopback((request, response) => {
    // A request that breaks off in the middle ends itself and nothing else.
    answer(request, response).catch(() => response.destroy());
  }, port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request;
    const path = (request.url ?? "").split("?")[0] ?? "";
    const isWrite = method === "POST";
    const refusal = isWrite
      ? judgeWrite(headers, loopback.port)
      : judgeRead(headers, loopback.port, path === PAGE);
    // A host that was refused is not repeated in a header.
    const secure = securityHeaders(refusal === null ? (headers.host ?? "") : "localhost", { camera: true });
    const end = (status: number, type = "text/plain", body: string | Buffer = ""): void => {
      response.writeHead(status, { ...secure, "Content-Type": type }).end(body);
    };
    if (refusal !== null) return end(refusal);
    if (isWrite) {
      const given = path === "/api/enter" ? await readBody(request) : headers["latchkey-page"];
      if (typeof given !== "string") return end(403);
      const name = path === "/api/enter" ? "token" : "ticket";
      if (path !== "/api/enter" && path !== "/api/ticket") return end(404);
      const made = name === "token" ? tokens.enter(given) : tokens.makeTicket(given);
      return made === null ? end(403) : end(200, "application/json", JSON.stringify({ [name]: made }));
    }
    const file = method === "GET" ? files.get(path) : undefined;
    return file === undefined ? end(404) : end(200, file.type, file.body);
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", () => stream.destroy());
    const refusal = judgeUpgrade(request.headers, loopback.port);
    const ticket = TICKET.exec(request.url ?? "")?.[1];
    const page = refusal === null && ticket !== undefined ? tokens.useTicket(ticket) : null;
    if (page === null) {
      stream.end(`HTTP/1.1 ${refusal ?? 403} Refused\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => connect(page, socket));
  }

  function connect(page: Page, socket: WebSocket): void {
    connections.get(page)?.socket.close(POLICY_VIOLATION);
    const connection = openPageConnection(
      { served, mailbox, practice },
      { send: (text) => socket.send(text), close: () => socket.close(POLICY_VIOLATION) },
    );
    connections.set(page, { socket, connection });
    socket.on("message", (data, isBinary) => {
      if (isBinary) socket.close(POLICY_VIOLATION);
      else connection.receive((data as Buffer).toString("utf8"));
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      connection.end();
      if (connections.get(page)?.socket === socket) connections.delete(page);
    });
  }

  /** A lock makes all tokens worthless. The pages that are connected get new ones, which open nothing but the way to unlock. */
  let wasOpen = served.phase === "open";
  const unsubscribe = served.subscribe(() => {
    const isOpen = served.phase === "open";
    if (wasOpen && !isOpen) {
      tokens.drop();
      for (const [page, { connection }] of connections) connection.renew(tokens.renew(page));
    }
    wasOpen = isOpen;
  });
  for (const server of loopback.servers) server.on("upgrade", upgrade);

  return {
    port: loopback.port,
    makeLink: () => `http://localhost:${loopback.port}/#launch=${tokens.makeLaunch()}`,
    async close() {
      unsubscribe();
      for (const { socket } of connections.values()) socket.terminate();
      await loopback.close();
      await mailbox.close();
    },
  };
}

/** `null` when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > MAX_BODY_BYTES) return null;
  }
  return text;
}
