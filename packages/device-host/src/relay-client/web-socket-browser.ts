/**
 * A WebSocket to a relay in a browser, reduced to what the protocol needs, as `web-socket-node.ts` is: binary frames, the keep-alive, and
 * one reason for its end. A browser tells nothing of why an upgrade was refused, so that is always "unreachable".
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { CLOSE, MAX_FRAME_BYTES, PING, PING_EVERY_SECONDS, PONG } from "@latchkey/core/relay-protocol";
import { CODE_OF_CLOSE, CONNECT_TIMEOUT_MS, type Socket, type SocketEvents } from "./socket.ts";

export type { Socket } from "./socket.ts";

export function openSocket(url: string, events: SocketEvents): Socket {
  const dialled = dial(url);
  if (dialled === null) {
    queueMicrotask(() => events.end("LK-RELAY-UNREACHABLE", 0));
    return { send: () => {}, close: () => {} };
  }
  const socket = dialled;
  socket.binaryType = "arraybuffer";
  let code: ErrorCode = "LK-RELAY-UNREACHABLE";
  let alive = true;
  let ended = false;
  let keepAlive: ReturnType<typeof setInterval> | undefined;
  const timeout = setTimeout(() => end(0), CONNECT_TIMEOUT_MS);

  /** A dead connection may take minutes to close: whoever waits for it is told at once, and nothing of it counts any more. */
  function end(closeCode: number): void {
    clearInterval(keepAlive);
    clearTimeout(timeout);
    if (ended) return;
    ended = true;
    socket.close();
    events.end(CODE_OF_CLOSE.get(closeCode) ?? code, closeCode);
  }

  socket.addEventListener("open", () => {
    if (ended) return;
    clearTimeout(timeout);
    keepAlive = setInterval(() => {
      if (!alive) return end(0);
      alive = false;
      return socket.send(PING);
    }, PING_EVERY_SECONDS * 1000);
    events.open?.();
  });
  socket.addEventListener("message", (event) => {
    const data: unknown = event.data;
    if (ended) return;
    alive = true;
    if (data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) events.frame(new Uint8Array(data));
    else if (data !== PONG) {
      code = "LK-RELAY-PROTOCOL";
      end(0);
    }
  });
  socket.addEventListener("close", (event) => end(event.code));

  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close() {
      if (socket.readyState === WebSocket.CONNECTING) end(0);
      else socket.close(CLOSE.normal);
    },
  };
}

/** `null`: a page on https may not dial a relay without TLS. */
function dial(url: string): WebSocket | null {
  try {
    return new WebSocket(url);
  } catch {
    return null;
  }
}
