/** One end of a control connection: a socket that carries whole messages, and ends at the first thing that is wrong. */
import type { Socket } from "node:net";
import { VaultError } from "@latchkey/core/errors";
import { createFrameParser, encodeFrame } from "./frame.ts";

/** What may wait for a peer that reads slowly, before it is given up. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;

export interface Connection {
  /** Throws `LK-CLI-HOST` when the message is too large. After the end it does nothing. */
  send(message: unknown): void;
  /** Sends what waits, then ends. */
  close(): void;
  /** Ends now. `error` is what `onEnd` gets. */
  fail(error: unknown): void;
}

/** `onValue` may throw: that ends this connection. `onEnd` comes once, with the reason, `null` for an orderly end. */
export function createConnection(
  socket: Socket,
  on: { readonly onValue: (value: unknown) => void; readonly onEnd: (error: unknown) => void },
): Connection {
  let reason: unknown = null;
  const fail = (error: unknown): void => {
    reason ??= error;
    socket.destroy();
  };
  const parser = createFrameParser(on.onValue);

  socket.on("data", (bytes: Buffer) => {
    if (socket.destroyed) return;
    try {
      parser.push(bytes);
    } catch (error) {
      fail(error);
    }
  });
  socket.on("error", (error) => {
    reason ??= new VaultError("LK-CLI-HOST", "control connection broke", { cause: error });
  });
  socket.on("close", () => on.onEnd(reason));

  return {
    send(message) {
      const frame = encodeFrame(message);
      if (!socket.writable) return;
      socket.write(frame);
      if (socket.writableLength > MAX_BACKLOG_BYTES) {
        fail(new VaultError("LK-CLI-HOST", `peer left ${socket.writableLength} bytes unread`));
      }
    },
    close: () => socket.end(),
    fail,
  };
}
