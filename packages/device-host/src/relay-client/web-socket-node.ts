/**
 * A WebSocket to a relay on Node, reduced to what the protocol needs: binary frames of at most 256 KiB, the keep-alive, and one reason for its
 * end. Text and oversize frames end it: a relay that sends them is not one.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { CLOSE, MAX_FRAME_BYTES, PING, PING_EVERY_SECONDS, PONG } from "@latchkey/core/relay-protocol";
import { WebSocket } from "ws";
import { CODE_OF_CLOSE, CONNECT_TIMEOUT_MS, type Socket, type SocketEvents } from "./socket.ts";

export type { Socket } from "./socket.ts";

/** What an HTTP answer to the upgrade means: 404 and 426 come from what does not know this protocol version. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 404 || status === 426) return "LK-RELAY-VERSION";
  return status === 429 ? "LK-RELAY-RATE" : "LK-RELAY-REFUSED";
}

export function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url, {
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    followRedirects: false,
  });
  let code: ErrorCode = "LK-RELAY-UNREACHABLE";
  let alive = true;
  let ended = false;
  let keepAlive: NodeJS.Timeout | undefined;

  const finish = (closeCode: number): void => {
    clearInterval(keepAlive);
    if (ended) return;
    ended = true;
    events.end(CODE_OF_CLOSE.get(closeCode) ?? code, closeCode);
  };

  socket.on("open", () => {
    keepAlive = setInterval(() => {
      // Nothing at all since the last ping: the relay, or the way to it, is gone.
      if (!alive) socket.terminate();
      alive = false;
      socket.send(PING);
    }, PING_EVERY_SECONDS * 1000);
    events.open?.();
  });
  socket.on("message", (data, isBinary) => {
    alive = true;
    const bytes = data as Buffer;
    if (isBinary) events.frame(new Uint8Array(bytes));
    else if (bytes.toString() !== PONG) {
      code = "LK-RELAY-PROTOCOL";
      socket.close(CLOSE.normal);
    }
  });
  socket.on("unexpected-response", (_request, response) => {
    code = codeOfStatus(response.statusCode ?? 0);
    socket.terminate();
  });
  // Always followed by `close`. What is no WebSocket frame, or too large a one, was said by something that is no relay.
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith("WS_ERR_")) code = "LK-RELAY-PROTOCOL";
  });
  socket.on("close", finish);

  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close: () => {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
      else socket.close(CLOSE.normal);
    },
  };
}
