/**
 * Sits on the wire between devices and a relay, as whoever runs the network does: copies every byte of every connection, both ways, and
 * reads from the copy what was said: HTTP heads, and WebSocket messages with their masks taken off (RFC 6455 § 5.2).
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface WireTap {
  /** What devices dial. */
  readonly origin: string;
  /** Where connections are passed on to: the relay's `http://host:port`. */
  target: string;
  /** All bytes as they went over the wire, one buffer for each direction of each connection. */
  streams(): Buffer[];
  /** HTTP requests and responses up to their bodies. */
  heads(): string[];
  /** Contents of all WebSocket messages. */
  messages(): Buffer[];
  close(): Promise<void>;
}

export async function startWireTap(): Promise<WireTap> {
  const copies: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const tap = { target: "" };
  const server = createServer((device) => {
    const { hostname, port } = new URL(tap.target);
    const relay = connect(Number(port), hostname);
    for (const [from, to] of [
      [device, relay],
      [relay, device],
    ] as const) {
      const copy: Buffer[] = [];
      copies.push(copy);
      sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        copy.push(chunk);
        to.write(chunk);
      });
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const streams = (): Buffer[] => copies.map((copy) => Buffer.concat(copy));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get target() {
      return tap.target;
    },
    set target(address) {
      tap.target = address;
    },
    streams,
    heads: () => streams().map((stream) => readHead(stream).toString("latin1")),
    messages: () => streams().flatMap((stream) => readMessages(stream.subarray(readHead(stream).length))),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function readHead(stream: Buffer): Buffer {
  const end = stream.indexOf("\r\n\r\n");
  return end < 0 ? stream : stream.subarray(0, end + 4);
}

const TEXT = 1;
const BINARY = 2;

/** Whole messages of one direction; nobody here sends them in parts. What was cut off in the middle at the end is left out. */
function readMessages(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const opcode = bytes[at]! & 0x0f;
    if ((bytes[at]! & 0x80) === 0) throw new Error("a message in parts, which this tap does not read");
    const isMasked = (bytes[at + 1]! & 0x80) !== 0;
    let length = bytes[at + 1]! & 0x7f;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const mask = isMasked ? bytes.subarray(at, at + 4) : Buffer.alloc(4);
    if (isMasked) at += 4;
    const content = Buffer.from(bytes.subarray(at, at + length)).map((byte, i) => byte ^ mask[i % 4]!);
    at += length;
    if (at <= bytes.length && (opcode === TEXT || opcode === BINARY)) messages.push(Buffer.from(content));
  }
  return messages;
}
