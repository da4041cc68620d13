/**
 * What y-websocket's server does with a document: keeps it in memory, answers the first steps of a sync, and sends every update to all who
 * are connected. Awareness is left out: the bench's clients have nothing to say about themselves.
 */
import { createDecoder, readVarUint } from "lib0/decoding";
import { createEncoder, type Encoder, length, toUint8Array, writeVarUint } from "lib0/encoding";
import type { WebSocket, WebSocketServer } from "ws";
import { readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";

const SYNC = 0;

interface Shared {
  readonly doc: Y.Doc;
  readonly sockets: Set<WebSocket>;
}

export function serveYjs(server: WebSocketServer): void {
  const documents = new Map<string, Shared>();

  function find(name: string): Shared {
    const there = documents.get(name);
    if (there !== undefined) return there;
    const made: Shared = { doc: new Y.Doc(), sockets: new Set() };
    documents.set(name, made);
    made.doc.on("update", (update: Uint8Array) => {
      const message = encode((encoder) => writeUpdate(encoder, update));
      for (const socket of made.sockets) socket.send(message);
    });
    return made;
  }

  server.on("connection", (socket, { url = "" }) => {
    const { doc, sockets } = find(url);
    sockets.add(socket);
    socket.on("message", (data: Buffer) => {
      const decoder = createDecoder(new Uint8Array(data));
      if (readVarUint(decoder) !== SYNC) return;
      const encoder = createEncoder();
      writeVarUint(encoder, SYNC);
      readSyncMessage(decoder, encoder, doc, socket);
      if (length(encoder) > 1) socket.send(toUint8Array(encoder));
    });
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) documents.delete(url);
    });
    socket.send(encode((encoder) => writeSyncStep1(encoder, doc)));
  });
}

function encode(write: (encoder: Encoder) => void): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, SYNC);
  write(encoder);
  return toUint8Array(encoder);
}
