/**
 * Pairs that speak bare WebSocket or the relay's own protocol. Frames are made once and get their number written into them, so that the
 * load costs its process about the same for both.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import {
  decodeRelayFrame,
  deriveRoomId,
  encodeFrame,
  encodeOperands,
  type HelloFrame,
  joinOperands,
  PING,
  INITIAL_CREDIT_BYTES,
  type RoomId,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { WebSocket } from "ws";
import { type Connect, PAYLOAD } from "./load.ts";

const OPTIONS = { perMessageDeflate: false };

/** Joined sockets, which say every half minute that they are there: the relay lets go of those that are silent. */
const joined = new Set<WebSocket>();
const PING_MS = 30_000;
setInterval(() => {
  for (const socket of joined) if (socket.readyState === WebSocket.OPEN) socket.send(PING);
}, PING_MS).unref();

async function dial(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, OPTIONS);
  await once(socket, "open");
  return socket;
}

async function hangUp(...sockets: readonly WebSocket[]): Promise<void> {
  const closed = sockets.map((socket) => once(socket, "close"));
  for (const socket of sockets) socket.close();
  await Promise.all(closed);
}

export const barePairs =
  (port: number): Connect =>
  async (received) => {
    const url = `ws://127.0.0.1:${port}/${randomBytes(8).toString("hex")}`;
    const [sender, receiver] = [await dial(url), await dial(url)];
    receiver.on("message", (data: Buffer) => received(data.readUInt32BE(0)));
    return {
      send(number) {
        const message = Buffer.from(PAYLOAD);
        message.writeUInt32BE(number, 0);
        sender.send(message);
      },
      settled: async () => {},
      close: () => hangUp(sender, receiver),
    };
  };

export interface RoomKeys {
  readonly id: RoomId;
  readonly authPublicKey: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
  readonly authKey: KeyObject;
}

export function makeRoomKeys(): RoomKeys {
  const [auth, authority] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
  const raw = (key: KeyObject) => new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32));
  const [authPublicKey, authorityPublicKey] = [raw(auth.publicKey), raw(authority.publicKey)];
  const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
  return {
    id: deriveRoomId(authPublicKey, authorityPublicKey, sha256),
    authPublicKey,
    authorityPublicKey,
    authKey: auth.privateKey,
  };
}

/** A joined socket of a room. */
export async function joinRoom(port: number, keys: RoomKeys): Promise<WebSocket> {
  const { id, authKey, authPublicKey, authorityPublicKey } = keys;
  const socket = new WebSocket(roomSocketUrl(`http://127.0.0.1:${port}`, id), OPTIONS);
  const closed = once(socket, "close").then(([code]): never => {
    throw new Error(`the relay closed a socket with ${code as number}`);
  });
  // Between reads nobody waits for it.
  closed.catch(() => undefined);
  const read = async () => {
    const [data] = (await Promise.race([once(socket, "message"), closed])) as [Buffer];
    return decodeRelayFrame(new Uint8Array(data));
  };
  const { origin, instanceId, nonce } = (await read()) as HelloFrame;
  const clientNonce = new Uint8Array(randomBytes(32));
  const operands = joinOperands({ origin, instanceId, roomId: id, nonce }, clientNonce);
  const signature = new Uint8Array(sign(null, encodeOperands(operands), authKey));
  const join = { op: "join", version: 1, clientNonce, signature, creationToken: null } as const;
  socket.send(encodeFrame({ ...join, authPublicKey, authorityPublicKey }));
  const welcome = await read();
  if (welcome.op !== "welcome") throw new Error(`the relay answered ${welcome.op}`);
  joined.add(socket);
  socket.once("close", () => joined.delete(socket));
  return socket;
}

/** Numbers above it take four bytes in CBOR, all of them: a frame's bytes can be changed in place. */
const FIRST = 0x0001_0000;
const OTHER = 0x0100_0000;
/** No pin. */
const PIN_BYTES = 1;
/** Granted again so early that a window of messages never meets an empty credit. */
const CREDIT_STEP = INITIAL_CREDIT_BYTES / 4;

const makeEntry = (room: RoomId, seq: number): Uint8Array =>
  encodeCbor([
    [1, 1, room, new Uint8Array(8), seq, new Uint8Array(32)],
    new Uint8Array(24),
    PAYLOAD,
    new Uint8Array(64),
  ]);
const makePut = (room: RoomId, number: number): Buffer =>
  Buffer.from(
    encodeFrame({
      op: "put",
      request: FIRST + number,
      entries: [{ entry: makeEntry(room, FIRST + number), pin: null }],
    }),
  );

/** `receiverPort`: where the second of a pair connects, if elsewhere. */
export const latchkeyPairs =
  (port: number, receiverPort = port): Connect =>
  async (received) => {
    const keys = makeRoomKeys();
    const [sender, receiver] = [await joinRoom(port, keys), await joinRoom(receiverPort, keys)];
    const template = makePut(keys.id, 0);
    const other = makePut(keys.id, OTHER - FIRST);
    // The numbers differ in their first two bytes: that of the request, then that of the entry.
    const [requestAt = 0, , seqAt = 0] = [...template.keys()].filter((at) => template[at] !== other[at]);
    // A frame that arrives ends with the entry, a put with one byte more.
    const seqFromEnd = template.length - PIN_BYTES - seqAt;

    let [sent, acked, credit] = [0, 0, 0];
    let wake = (): void => {};
    sender.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return;
      const frame = decodeRelayFrame(new Uint8Array(data));
      if (frame.op !== "ack" || frame.outcomes.some((outcome) => "code" in outcome)) {
        throw new Error(`the relay answered ${frame.op} ${"code" in frame ? frame.code : ""}`);
      }
      if (++acked === sent) wake();
    });
    receiver.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return;
      if (data.length < template.length / 2) {
        throw new Error(`the relay sent ${decodeRelayFrame(new Uint8Array(data)).op}`);
      }
      received(data.readUInt32BE(data.length - seqFromEnd) - FIRST);
      credit += data.length;
      if (credit < CREDIT_STEP) return;
      receiver.send(encodeFrame({ op: "credit", bytes: credit }));
      credit = 0;
    });
    return {
      send(number) {
        const frame = Buffer.from(template);
        frame.writeUInt32BE(FIRST + number, requestAt);
        frame.writeUInt32BE(FIRST + number, seqAt);
        sent++;
        sender.send(frame);
      },
      settled: () => (acked === sent ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
      close: () => hangUp(sender, receiver),
    };
  };
