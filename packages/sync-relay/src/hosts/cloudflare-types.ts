/** The part of Cloudflare's runtime that the relay uses, as types. Their whole is a package of its own, which nothing else here needs. */
import type { ObjectStorage } from "../store/durable-object.ts";

/** A socket that a sleeping object keeps. */
export interface ObjectSocket {
  binaryType: "arraybuffer" | "blob";
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
  accept(): void;
  addEventListener(type: "message", listener: (event: { readonly data: string | ArrayBuffer }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}

export interface ObjectState {
  readonly storage: ObjectStorage & {
    setAlarm(at: number): Promise<void>;
    deleteAll(): Promise<void>;
  };
  acceptWebSocket(socket: ObjectSocket): void;
  getWebSockets(): readonly ObjectSocket[];
  setWebSocketAutoResponse(pair: unknown): void;
  blockConcurrencyWhile(act: () => Promise<void>): Promise<void>;
}

export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request | string, init?: RequestInit): Promise<Response> };
}

/** Bindings: the three kinds of objects, and the settings of `config.ts`. */
export interface Env extends Readonly<Record<string, unknown>> {
  readonly ROOMS: ObjectNamespace;
  readonly MAILBOXES: ObjectNamespace;
  readonly NAMEPLATES: ObjectNamespace;
}

interface Globals {
  readonly WebSocketPair: new () => { readonly 0: unknown; readonly 1: ObjectSocket };
  readonly WebSocketRequestResponsePair: new (request: string, response: string) => unknown;
}

export const { WebSocketPair, WebSocketRequestResponsePair } = globalThis as unknown as Globals;

/** The answer to an upgrade, with the client's end of the pair. */
export const switchProtocols = (webSocket: unknown): Response =>
  new Response(null, { status: 101, webSocket } as ResponseInit);
