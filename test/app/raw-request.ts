/** Requests as no browser would send them, and as any other program on the machine can. */
import { type IncomingHttpHeaders, request } from "node:http";
import { WebSocket } from "ws";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function sendRaw(
  port: number,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<RawAnswer> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The headers of our own page's writes. */
export const ownHeaders = (port: number): Record<string, string> => ({
  Host: `localhost:${port}`,
  Origin: `http://localhost:${port}`,
  "Sec-Fetch-Site": "same-origin",
});

/** What a page does with the address that opened it. */
export async function enter(port: number, link: string): Promise<string> {
  const answer = await sendRaw(port, "/api/enter", {
    method: "POST",
    headers: ownHeaders(port),
    body: launchOf(link),
  });
  return (JSON.parse(answer.body) as { readonly token: string }).token;
}

export const launchOf = (link: string): string => link.split("#launch=")[1] ?? "";

export const askTicket = (port: number, token: string): Promise<RawAnswer> =>
  sendRaw(port, "/api/ticket", { method: "POST", headers: { ...ownHeaders(port), "Latchkey-Page": token } });

export async function takeTicket(port: number, token: string): Promise<string> {
  return (JSON.parse((await askTicket(port, token)).body) as { readonly ticket: string }).ticket;
}

export interface RawSocket {
  readonly received: readonly string[];
  /** Resolves when a message of this type has come, with the message. */
  next(type: string): Promise<Record<string, unknown>>;
  send(message: object | string): void;
  /** The code with which it was closed. */
  readonly closed: Promise<number>;
  close(): void;
}

/** Rejects with the status when the upgrade is refused. */
export function openSocket(
  port: number,
  ticket: string,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const own = ownHeaders(port);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/socket?ticket=${ticket}`, {
    headers: { Host: own["Host"], Origin: own["Origin"], ...headers },
  });
  const received: string[] = [];
  const looks = new Set<() => void>();
  socket.on("message", (data) => {
    received.push((data as Buffer).toString());
    for (const look of looks) look();
  });
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (_, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.on("error", reject);
    socket.on("open", () =>
      resolve({
        received,
        closed,
        send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
        close: () => socket.terminate(),
        next: (type) =>
          new Promise((found) => {
            const look = (): void => {
              const message = received
                .map((text) => JSON.parse(text) as Record<string, unknown>)
                .find((each) => each["type"] === type);
              if (message === undefined) return;
              looks.delete(look);
              found(message);
            };
            looks.add(look);
            look();
          }),
      }),
    );
  });
}
