/**
 * Pairs that share a document, for servers that merge documents: the sender sets a value of 1 KiB, the receiver sees it. That is all the
 * work their clients do for one change; what ours do beyond the relay is in `npm run bench -- live`.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type DocHandle, Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { type Connect, PAYLOAD } from "./load.ts";

/** Until the server has the document. */
const FIND_AGAIN_MS = 50;
const MAP = "bench";
const KEY = "value";

function numbered(number: number): Uint8Array {
  const value = Buffer.from(PAYLOAD);
  value.writeUInt32BE(number, 0);
  return new Uint8Array(value);
}
const numberOf = (value: Uint8Array): number => Buffer.from(value).readUInt32BE(0);

/** A document connected to a server, and the way to end it. */
type Connected = { readonly doc: Y.Doc; readonly end: () => void };

function yjsPairs(connect: (room: string) => Promise<Connected>): Connect {
  return async (received) => {
    const room = randomBytes(8).toString("hex");
    const [sender, receiver] = [await connect(room), await connect(room)];
    let next = 0;
    receiver.doc.on("update", () => {
      const value = receiver.doc.getMap<Uint8Array>(MAP).get(KEY);
      // Updates that came in one message are seen together.
      for (const last = value === undefined ? -1 : numberOf(value); next <= last;) received(next++);
    });
    return {
      send: (number) => void sender.doc.getMap<Uint8Array>(MAP).set(KEY, numbered(number)),
      settled: async () => {},
      async close() {
        sender.end();
        receiver.end();
      },
    };
  };
}

export const hocuspocusPairs = (port: number): Connect =>
  yjsPairs(async (name) => {
    const doc = new Y.Doc();
    const websocketProvider = new HocuspocusProviderWebsocket({
      url: `ws://127.0.0.1:${port}`,
      WebSocketPolyfill: WebSocket,
    });
    const provider = new HocuspocusProvider({ websocketProvider, name, document: doc });
    provider.attach();
    await new Promise((resolve) => provider.on("synced", resolve));
    return {
      doc,
      end() {
        provider.destroy();
        websocketProvider.destroy();
      },
    };
  });

export const yWebsocketPairs = (port: number): Connect =>
  yjsPairs(async (name) => {
    const doc = new Y.Doc();
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, name, doc, {
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
    });
    await new Promise((resolve) => provider.once("sync", resolve));
    return { doc, end: () => provider.destroy() };
  });

export const automergePairs =
  (port: number): Connect =>
  async (received) => {
    const open = () => new Repo({ network: [new WebSocketClientAdapter(`ws://127.0.0.1:${port}`)] });
    const [sender, receiver] = [open(), open()];
    const handle = sender.create<{ value: Uint8Array }>({ value: numbered(0) });
    let found: DocHandle<{ value: Uint8Array }> | null = null;
    while (found === null) {
      found = await receiver.find<{ value: Uint8Array }>(handle.url).catch(() => null);
      if (found === null) await wait(FIND_AGAIN_MS);
    }
    let next = 0;
    // The document began with number 0: what is sent counts from 1.
    found.on("change", ({ doc }) => {
      for (const last = numberOf(doc.value) - 1; next <= last;) received(next++);
    });
    return {
      send: (number) =>
        handle.change((doc) => {
          doc.value = numbered(number + 1);
        }),
      settled: async () => {},
      async close() {
        await sender.shutdown();
        await receiver.shutdown();
      },
    };
  };
