/** Who gets into a room: a good join spoiled in one place each (relay.md § 5). */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import {
  CLOSE,
  deriveRoomId,
  encodeFrame,
  type HelloFrame,
  type JoinFrame,
  joinOperands,
} from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  challengeOf,
  dialRoom,
  joinRoom,
  makeEntry,
  makeJoin,
  makeKeyPair,
  makeRoom,
  randomOf,
  type RoomClient,
  sha256,
  signAs,
  startTestRelay,
  type TestRelay,
  type TestRoom,
} from "./rig.ts";

const greet = async (
  relay: TestRelay,
  room: TestRoom,
): Promise<{ client: RoomClient; hello: HelloFrame }> => {
  const client = dialRoom(relay, room.id);
  return { client, hello: await client.take("hello") };
};

describe("hello", () => {
  test("names versions, the audience, the instance, limits and a fresh nonce", async () => {
    const relay = await startTestRelay({ roomLogEntries: 77 });
    const { hello } = await greet(relay, makeRoom());
    const { hello: other } = await greet(relay, makeRoom());
    expect(hello).toMatchObject({ versions: [1], origin: relay.origin, admission: "open" });
    expect(hello.limits).toEqual({ logBytes: 16_777_216, logEntries: 77, snapshotBytes: 33_554_432 });
    expect(hello.nonce).not.toEqual(other.nonce);
    expect(hello.instanceId).toEqual(other.instanceId);
  });

  test.for<[string, string]>([
    ["relay.local:8080", "http://relay.local:8080"],
    ["relay.example", "https://relay.example"],
    ["evil.example", "https://relay.example"],
  ])("to Host %s names the configured origin %s, and never another", async ([host, origin]) => {
    const relay = await startTestRelay({}, { origins: ["https://relay.example", "http://relay.local:8080"] });
    const client = dialRoom(relay, makeRoom().id, host);
    expect((await client.take("hello")).origin).toBe(origin);
  });
});

describe("a join", () => {
  test("is welcomed with head, slots, the day of expiry and credit, whether the room is new or not", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const first = await joinRoom(relay, room);
    const expiresDay = Math.floor(Date.now() / 86_400_000) + 400;
    expect(first.welcome).toEqual({
      op: "welcome",
      head: 0,
      snapshot: null,
      forward: null,
      expiresDay,
      credit: 1_048_576,
    });
    await first.put(makeEntry(room, 1), makeEntry(room, 2));
    expect((await joinRoom(relay, room)).welcome).toMatchObject({ head: 2 });
  });

  test("carries a creation token of any allowed length", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const { client, hello } = await greet(relay, room);
    client.send({ ...makeJoin(room, hello), creationToken: randomOf(64) });
    await client.take("welcome");
  });

  type Spoil = (join: JoinFrame, room: TestRoom, hello: HelloFrame) => JoinFrame;
  const resign =
    (change: (challenge: ReturnType<typeof challengeOf>) => ReturnType<typeof challengeOf>): Spoil =>
    (join, room, hello) => ({
      ...join,
      signature: signAs(room.auth, joinOperands(change(challengeOf(room, hello)), join.clientNonce)),
    });
  const stranger = makeKeyPair();

  test.for<[string, Spoil, number, string]>([
    ["a flipped signature", (join) => flip(join), CLOSE.policy, "LK-RELAY-AUTH"],
    [
      "a signature for another origin",
      resign((c) => ({ ...c, origin: "http://127.0.0.1:1" })),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "a signature over another nonce",
      resign((c) => ({ ...c, nonce: randomOf(32) })),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "a signature for another instance",
      resign((c) => ({ ...c, instanceId: randomOf(16) })),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "a signature for another room",
      resign((c) => ({ ...c, roomId: makeRoom().id })),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "another client nonce than was signed",
      (join) => ({ ...join, clientNonce: randomOf(32) }),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "a stranger's signature",
      (join, room, hello) => ({
        ...join,
        signature: signAs(stranger, joinOperands(challengeOf(room, hello), join.clientNonce)),
      }),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "a stranger's auth key and good signature",
      (join, room, hello) => ({
        ...join,
        authPublicKey: stranger.publicKey,
        signature: signAs(stranger, joinOperands(challengeOf(room, hello), join.clientNonce)),
      }),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "another authority key",
      (join) => ({ ...join, authorityPublicKey: stranger.publicKey }),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    [
      "auth and authority key swapped",
      (join) => ({ ...join, authPublicKey: join.authorityPublicKey, authorityPublicKey: join.authPublicKey }),
      CLOSE.policy,
      "LK-RELAY-AUTH",
    ],
    ["a version from tomorrow", (join) => ({ ...join, version: 2 }), CLOSE.version, "LK-RELAY-VERSION"],
  ])("is refused with %s", async ([, spoil, code, reason]) => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const { client, hello } = await greet(relay, room);
    client.send(spoil(makeJoin(room, hello), room, hello));
    expect(await client.take("error")).toEqual({
      op: "error",
      request: null,
      code: reason,
      retryAfterMs: null,
    });
    expect(await client.closed).toEqual({ code, reason });
    // Nothing was made of it: the room is new to its own member.
    expect((await joinRoom(relay, room)).welcome.head).toBe(0);
  });

  test("with a key that is no point on the curve is refused like any other", async () => {
    const relay = await startTestRelay();
    const room = { ...makeRoom(), auth: { ...makeKeyPair(), publicKey: bytesOf(32, 255) } };
    const id = deriveRoomId(room.auth.publicKey, room.authority.publicKey, sha256);
    const { client, hello } = await greet(relay, { ...room, id });
    client.send(makeJoin({ ...room, id }, hello));
    expect(await client.closed).toEqual({ code: CLOSE.policy, reason: "LK-RELAY-AUTH" });
  });

  test("recorded on one socket opens no other", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const { client, hello } = await greet(relay, room);
    const join = makeJoin(room, hello);
    client.send(join);
    await client.take("welcome");
    const { client: thief } = await greet(relay, room);
    thief.send(join);
    expect(await thief.closed).toEqual({ code: CLOSE.policy, reason: "LK-RELAY-AUTH" });
  });
});

describe("before the welcome", () => {
  const putOf = (room: TestRoom, size: number): Uint8Array =>
    encodeFrame({ op: "put", request: 1, entries: [{ entry: makeEntry(room, 1, { size }), pin: null }] });

  test.for<[string, (room: TestRoom) => Uint8Array | string, number, string]>([
    ["a put", (room) => putOf(room, 100), 1002, "LK-RELAY-PROTOCOL"],
    ["a put over 1 024 bytes, unread", (room) => putOf(room, 1024), 1002, "LK-RELAY-FRAME"],
    ["an empty frame", () => new Uint8Array(0), 1002, "LK-RELAY-FRAME"],
    ["an unknown op", () => encodeCbor([99]), 1002, "LK-RELAY-FRAME"],
    ["a frame of a mailbox", () => encodeFrame({ op: "close" }), 1002, "LK-RELAY-FRAME"],
    ["text", () => "hello", 1003, "LK-RELAY-FRAME"],
    ["a frame over 256 KiB", () => new Uint8Array(262_145), 1009, ""],
  ])("%s ends the socket", async ([, frame, code, reason]) => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const { client } = await greet(relay, room);
    client.socket.send(frame(room));
    expect(await client.closed).toEqual({ code, reason });
  });

  test("a second frame ends the socket, even right behind a good join", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const { client, hello } = await greet(relay, room);
    client.send(makeJoin(room, hello));
    client.send({ op: "describe", request: 1 });
    expect(await client.closed).toEqual({ code: 1002, reason: "LK-RELAY-PROTOCOL" });
  });

  test("silence ends the socket after five seconds, pings or not", async () => {
    const relay = await startTestRelay();
    const { client } = await greet(relay, makeRoom());
    await client.settle();
    relay.advance(4000);
    await client.settle();
    relay.advance(1000);
    expect(await client.closed).toEqual({ code: 4408, reason: "LK-RELAY-HANDSHAKE-TIMEOUT" });
  });
});

test("a second join ends the socket", async () => {
  const relay = await startTestRelay();
  const room = makeRoom();
  const { client, hello } = await joinRoom(relay, room);
  client.send(makeJoin(room, hello));
  expect(await client.closed).toEqual({ code: 1002, reason: "LK-RELAY-PROTOCOL" });
});

function flip(join: JoinFrame): JoinFrame {
  const signature = join.signature.slice();
  signature[10] = (signature[10] as number) ^ 1;
  return { ...join, signature };
}
