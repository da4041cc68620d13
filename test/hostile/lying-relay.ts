/**
 * A relay that lies, for devices that dial it: a server of its own with real sockets, which asks an honest relay and passes on what its lie
 * makes of the answers. What the handshake signs is the liar's own origin, as if it were the one relay there is.
 *
 * Without a lie it is honest. What devices sent is kept, so that tests can say what did not leave a device.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  encodeFrame,
  PING,
  PONG,
  type RelayFrame,
} from "@latchkey/core/relay-protocol";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { WebSocket, WebSocketServer } from "ws";

export interface Lie {
  /** What the device gets in place of what the relay said in this room. */
  readonly toDevice?: (frame: RelayFrame, room: string) => readonly RelayFrame[];
  /** What the relay gets in place of what the device said; `answer` says something to the device at once. */
  readonly toRelay?: (
    frame: ClientFrame,
    answer: (frame: RelayFrame) => void,
    room: string,
  ) => readonly ClientFrame[];
  /** What is sent to the device comes in WebSocket fragments of so many bytes. */
  readonly fragmentBytes?: number;
  /** Instead of anything else: the socket of a device that has just connected. */
  readonly onSocket?: (socket: WebSocket) => void;
}

const LIMITS = {
  upgradeBurst: 10_000,
  roomsCreatedPerIpGroupPerDay: 1_000,
  drainJitterSeconds: 0,
  diskFloorBytes: 0,
};

export class LyingRelay {
  readonly origin: string;
  lie: Lie = {};
  /** Every frame of every device, in order. */
  readonly heard: ClientFrame[] = [];
  connections = 0;
  readonly #close: () => Promise<void>;
  readonly #audience: string;
  #honest: NodeRelay;
  #file: string;

  private constructor(
    origin: string,
    audience: string,
    honest: NodeRelay,
    file: string,
    close: () => Promise<void>,
  ) {
    this.origin = origin;
    this.#audience = audience;
    this.#honest = honest;
    this.#file = file;
    this.#close = close;
  }

  /** `audience`: for whom the honest relay takes itself, if not for the liar. */
  static async start(file: string, audience?: string): Promise<LyingRelay> {
    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const honest = await startHonest(file, audience ?? origin);
    const relay = new LyingRelay(origin, audience ?? origin, honest, file, async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    });
    sockets.on("connection", (socket, request) => relay.#serve(socket, request));
    return relay;
  }

  /** The honest relay's file. */
  get file(): string {
    return this.#file;
  }

  /** Ends the honest relay, lets something happen to its disk, and starts it again, on another file if it says so. */
  async restart(change: () => string | void = () => {}): Promise<void> {
    await this.#honest.close();
    this.#file = change() ?? this.#file;
    this.#honest = await startHonest(this.#file, this.#audience);
  }

  async close(): Promise<void> {
    await this.#close();
    await this.#honest.close();
  }

  #serve(device: WebSocket, request: IncomingMessage): void {
    this.connections++;
    if (this.lie.onSocket !== undefined) return this.lie.onSocket(device);
    const relay = new WebSocket(`${this.#honest.address.replace("http", "ws")}${request.url}`);
    const room = request.url?.split("/").at(-2) ?? "";
    const waiting: Uint8Array[] = [];
    const toRelay = (bytes: Uint8Array): void => {
      if (relay.readyState === WebSocket.OPEN) relay.send(bytes);
      else waiting.push(bytes);
    };
    const toDevice = (frame: RelayFrame): void =>
      sendInFragments(device, encodeFrame(frame), this.lie.fragmentBytes ?? Infinity);
    relay.on("open", () => {
      for (const bytes of waiting) relay.send(bytes);
    });
    relay.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return;
      const frame = decodeRelayFrame(new Uint8Array(data));
      for (const said of this.lie.toDevice?.(frame, room) ?? [frame]) toDevice(said);
    });
    device.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return data.toString() === PING ? device.send(PONG) : undefined;
      const frame = decodeClientFrame(new Uint8Array(data));
      this.heard.push(frame);
      for (const said of this.lie.toRelay?.(frame, toDevice, room) ?? [frame]) toRelay(encodeFrame(said));
      return undefined;
    });
    for (const [socket, other] of [
      [relay, device],
      [device, relay],
    ] as const) {
      socket.on("error", () => {});
      socket.on("close", (code, reason) => {
        if (other.readyState !== WebSocket.OPEN) other.terminate();
        else if (code === 1000 || (code > 1001 && code < 5000 && code !== 1005 && code !== 1006))
          other.close(code, reason);
        else other.close();
      });
    }
  }
}

/** One message. Without an end if `fin` says so. */
export function sendInFragments(socket: WebSocket, bytes: Uint8Array, size: number, fin = true): void {
  let at = 0;
  for (; at + size < bytes.length; at += size) {
    socket.send(bytes.subarray(at, at + size), { fin: false, binary: true });
  }
  socket.send(bytes.subarray(at), { fin, binary: true });
}

const startHonest = (file: string, audience: string): Promise<NodeRelay> =>
  startRelay({ admission: { mode: "open" }, file, origins: [audience], limits: LIMITS, log: () => {} });
