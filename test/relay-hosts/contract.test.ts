/**
 * What a relay owes its clients whatever it runs on (relay.md § 17.2): one suite over real sockets against each host, started as its own
 * process. The rules themselves are tested in the relay's package; here stands what a host's sockets, timers and store could spoil.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodeFrame, type MailboxId, MAX_FRAME_BYTES } from "@latchkey/core/relay-protocol";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import {
  bytesOf,
  dialMailbox,
  dialNameplate,
  dialRoom,
  idText,
  joinRoom,
  makeEntry,
  makeJoin,
  makeRoom,
  nextRequest,
  randomOf,
  temporaryFolder,
} from "@latchkey/sync-relay/test/rig";
import { type HostProcess, NODE, RELAY_HOSTS } from "./host-process.ts";

const FUZZED_FRAMES = process.env["SLOW"] ? 2000 : 24;

describe.each(RELAY_HOSTS)("the relay on $name", (host) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-relay-host-"));
  let relay: HostProcess;
  beforeAll(async () => {
    relay = await host.start(join(folder, "relay.db"), { handshakeDeadlineSeconds: 3 });
  });
  afterAll(async () => {
    await relay.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("answers over HTTP: alive, ready, and what it is", async () => {
    const get = async (path: string) => fetch(relay.address + path);
    expect((await get("/livez")).status).toBe(200);
    expect((await get("/readyz")).status).toBe(200);
    const info = (await (await get("/v1/info")).json()) as Record<string, unknown>;
    expect(info).toMatchObject({ origins: [relay.address], admission: "open" });
    expect((await get("/")).headers.get("content-type")).toContain("text/html");
    expect((await get(`/v1/rooms/${idText(makeRoom())}/ws`)).status).toBe(426);
    expect((await get("/nowhere")).status).toBe(404);
  });

  test("takes no bodies", async () => {
    const response = await fetch(`${relay.address}/livez`, { method: "POST", body: "x".repeat(100) });
    expect(response.status).toBe(413);
  });

  test("lets in who has the key, stores, acknowledges, and gives back byte for byte", async () => {
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    const sizes = [1, 100, 4096, 60_000];
    const entries = sizes.map((size, i) => makeEntry(room, i + 1, { size, salt: i }));
    for (const [i, entry] of entries.entries()) expect(await member.put(entry)).toEqual([i + 1]);
    expect(await member.put(entries[2] as Uint8Array)).toEqual([3]);
    const other = await joinRoom(relay, room);
    expect(other.welcome.head).toBe(4);
    expect(await other.pullAll()).toEqual(entries.map((entry, i) => ({ cursor: i + 1, entry })));
    expect(await other.pullAll(3)).toHaveLength(1);
  });

  test("pulls more than one frame holds", async () => {
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    const entries = Array.from({ length: 24 }, (_, i) => makeEntry(room, i + 1, { size: 50_000, salt: i }));
    for (const entry of entries) await member.put(entry);
    expect((await member.pullAll()).map(({ entry }) => entry)).toEqual(entries);
  });

  test("pushes live to all others, in order", async () => {
    const room = makeRoom();
    const [writer, ...readers] = await Promise.all([1, 2, 3].map(() => joinRoom(relay, room)));
    const entries = Array.from({ length: 40 }, (_, i) => makeEntry(room, i + 1));
    await writer!.put(...entries);
    for (const reader of readers) {
      for (const [i, entry] of entries.entries()) {
        expect(await reader.client.take("event")).toEqual({ op: "event", cursor: i + 1, entry });
      }
    }
    expect(writer!.client.pending()).toEqual([]);
  });

  test("keeps a snapshot in chunks, swaps it in against what is expected, and describes the room", async () => {
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    const { client } = member;
    const body = randomOf(100_000);
    const hash = bytesOf(32, 7);
    const request = nextRequest();
    const begun = await member.ask({
      op: "snapshotBegin",
      request,
      expected: null,
      hash,
      size: body.length,
    });
    expect(begun).toMatchObject({ op: "ok" });
    client.send({ op: "snapshotChunk", request, index: 0, body: body.subarray(0, 65_536) });
    client.send({ op: "snapshotChunk", request, index: 1, body: body.subarray(65_536) });
    expect(await member.ask({ op: "snapshotCommit", request })).toEqual({ op: "ok", request });
    client.send({ op: "snapshotGet", request: nextRequest(), hash, from: 0, count: 16 });
    const chunks = [await client.take("chunk"), await client.take("chunk")];
    expect(Buffer.concat(chunks.map((chunk) => chunk.body))).toEqual(Buffer.from(body));
    expect(chunks.map(({ last }) => last)).toEqual([false, true]);
    const again = await member.ask({
      op: "snapshotBegin",
      request: nextRequest(),
      expected: null,
      hash,
      size: 5,
    });
    expect(again).toMatchObject({ op: "conflict", current: hash });
    const described = await member.ask({ op: "describe", request: nextRequest() });
    expect(described).toMatchObject({ description: { head: 0, snapshot: { hash, size: body.length } } });
  });

  test("carries a pairing's messages between two sides, and turns a third away", async () => {
    const id = randomOf(16) as MailboxId;
    const opener = dialMailbox(relay, id);
    await opener.opened();
    const token = randomOf(16);
    opener.send({ op: "open", version: 1, sideToken: token, ttlSeconds: 300, received: 0 });
    await opener.take("ready");
    const claimant = dialMailbox(relay, id);
    await claimant.opened();
    claimant.send({ op: "claim", version: 1, sideToken: randomOf(16), received: 0 });
    await claimant.take("ready");
    await opener.take("peer");
    claimant.send({ op: "send", number: 1, body: bytesOf(60_000, 3) });
    expect(await opener.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(60_000, 3) });
    await claimant.take("sent");
    const third = dialMailbox(relay, id);
    await third.opened();
    third.send({ op: "claim", version: 1, sideToken: randomOf(16), received: 0 });
    expect(await third.closed).toEqual({ code: 4480, reason: "LK-PAIR-CROWDED" });
    await opener.take("crowded");
    opener.send({ op: "close" });
    expect(await claimant.closed).toEqual({ code: 4481, reason: "LK-RELAY-GONE" });
    const late = dialMailbox(relay, id);
    await late.opened();
    late.send({ op: "claim", version: 1, sideToken: token, received: 0 });
    expect((await late.closed).code).toBe(4481);
  });

  test("gives a mailbox a number that leads one claimant to it, and back", async () => {
    const opener = dialMailbox(relay, randomOf(16) as MailboxId);
    await opener.opened();
    opener.send({ op: "open", version: 1, sideToken: randomOf(16), ttlSeconds: 300, received: 0 });
    await opener.take("ready");
    opener.send({ op: "nameplateGet" });
    const { number, secondsLeft } = await opener.take("nameplate");
    expect(secondsLeft).toBe(300);
    const claim = async (sideToken: Uint8Array) => {
      const client = dialNameplate(relay, number as number);
      await client.opened();
      client.send({ op: "claim", version: 1, sideToken, received: 0 });
      return client;
    };
    const token = randomOf(16);
    const claimant = await claim(token);
    expect(await claimant.take("ready")).toMatchObject({ sides: 2 });
    await opener.take("peer");
    claimant.send({ op: "send", number: 1, body: bytesOf(100, 7) });
    expect(await opener.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(100, 7) });
    expect(await (await claim(randomOf(16))).closed).toEqual({ code: 4481, reason: "LK-RELAY-GONE" });
    const back = await claim(token);
    expect(await back.take("ready")).toMatchObject({ received: 1 });
    opener.send({ op: "close" });
    expect(await back.closed).toEqual({ code: 4481, reason: "LK-RELAY-GONE" });
    expect((await (await claim(token)).closed).code).toBe(4481);
  });

  test("answers the keep-alive, before and after the join", async () => {
    const room = makeRoom();
    const client = dialRoom(relay, room.id);
    await client.take("hello");
    await client.settle();
    const member = await joinRoom(relay, room);
    await member.client.settle();
    expect(member.client.texts).toEqual(["pong"]);
  });

  test.for<[string, string | Uint8Array, number]>([
    ["a text frame", "hello", 1003],
    ["an empty frame", new Uint8Array(), 1002],
    ["an unknown operation", new Uint8Array([255, 1, 2]), 1002],
    ["more than 256 KiB", new Uint8Array(MAX_FRAME_BYTES + 1), 1009],
  ])("closes a member's socket on %s, with the code for it", async ([, message, code]) => {
    const { client } = await joinRoom(relay, makeRoom());
    client.socket.send(message);
    expect((await client.closed).code).toBe(code);
  });

  test("takes a frame of just 256 KiB for what it says", async () => {
    const { client } = await joinRoom(relay, makeRoom());
    const frame = new Uint8Array(MAX_FRAME_BYTES);
    frame[0] = 255;
    client.socket.send(frame);
    expect((await client.closed).code).toBe(1002);
  });

  test("refuses a signature with one bit flipped, another room's keys, and a signature of another socket", async () => {
    const room = makeRoom();
    const refused = async (spoil: (join: ReturnType<typeof makeJoin>) => ReturnType<typeof makeJoin>) => {
      const client = dialRoom(relay, room.id);
      client.send(spoil(makeJoin(room, await client.take("hello"))));
      return client.closed;
    };
    const replayed = makeJoin(room, await dialRoom(relay, room.id).take("hello"));
    const auth = { code: 1008, reason: "LK-RELAY-AUTH" };
    expect(
      await refused((join) => ({ ...join, signature: join.signature.map((b, i) => (i ? b : b ^ 1)) })),
    ).toEqual(auth);
    const { publicKey } = makeRoom().auth;
    expect(await refused((join) => ({ ...join, authPublicKey: publicKey }))).toEqual(auth);
    expect(await refused(() => replayed)).toEqual(auth);
    expect((await refused((join) => ({ ...join, version: 99 }))).code).toBe(4400);
  });

  test("gives a stranger three seconds and one small frame", async () => {
    const silent = dialRoom(relay, makeRoom().id);
    await silent.take("hello");
    const loud = dialRoom(relay, makeRoom().id);
    await loud.take("hello");
    loud.socket.send(new Uint8Array(1025));
    expect((await loud.closed).code).toBe(1002);
    // Told in time: some hosts let go of the connection itself much later.
    await expect.poll(() => silent.socket.readyState, { timeout: 20_000 }).not.toBe(WebSocket.OPEN);
    silent.socket.terminate();
    expect(await silent.closed).toEqual({ code: 4408, reason: "LK-RELAY-HANDSHAKE-TIMEOUT" });
  });

  test(`lives through ${FUZZED_FRAMES} frames of noise, and stores none of it`, async () => {
    const room = makeRoom();
    const bystander = await joinRoom(relay, room);
    const frames = Array.from({ length: FUZZED_FRAMES }, (_, i) => noise(i, room));
    for (const frame of frames) {
      const { client } = await joinRoom(relay, room);
      client.socket.send(frame);
      // Either it ends the socket or it is answered; the keep-alive behind it tells which.
      await Promise.race([client.closed, client.settle()]);
      client.socket.terminate();
    }
    await bystander.client.settle();
    expect(await bystander.put(makeEntry(room, 1))).toEqual([1]);
    expect(await bystander.pullAll()).toHaveLength(1);
  });

  test("has what it acknowledged after SIGKILL and a new start, in a whole file", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const before = await host.start(file);
    onTestFinished(() => void before.stop());
    const room = makeRoom();
    const member = await joinRoom(before, room);
    const acked: number[] = [];
    const load = (async () => {
      for (let seq = 1; ; seq++) acked.push((await member.put(makeEntry(room, seq)))[0] as number);
    })().catch(() => undefined);
    while (acked.length < 50) await new Promise((resolve) => setImmediate(resolve));
    await before.stop("SIGKILL");
    await load;
    const after = await host.start(file);
    onTestFinished(() => void after.stop());
    const back = await joinRoom(after, room);
    const kept = await back.pullAll();
    expect(kept.slice(0, acked.length)).toEqual(
      acked.map((cursor, i) => ({ cursor, entry: makeEntry(room, i + 1) })),
    );
    expect(kept.map(({ cursor }) => cursor)).toEqual(kept.map((_, i) => i + 1));
    expect(back.hello.instanceId).toEqual(member.hello.instanceId);
    await after.stop("SIGTERM");
    const databases = host.databases(file);
    expect(databases.length).toBeGreaterThan(0);
    for (const path of databases) {
      const db = new DatabaseSync(path);
      onTestFinished(() => db.close());
      expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    }
  });

  test.runIf(host.isOneProcess)(
    "drains on SIGTERM: every client hears of it and is told when to come again",
    async () => {
      const going = await host.start(join(temporaryFolder(), "relay.db"), { drainJitterSeconds: 7 });
      onTestFinished(() => void going.stop());
      const members = await Promise.all([1, 2, 3].map(() => joinRoom(going, makeRoom())));
      const exit = going.stop("SIGTERM");
      for (const { client } of members) {
        expect(await client.take("goaway")).toMatchObject({ jitterMs: 7000 });
        expect(await client.closed).toEqual({ code: 1012, reason: "LK-RELAY-RESTART" });
      }
      expect(await exit).toBe(0);
    },
  );
});

test.each(RELAY_HOSTS.filter((host) => host.isOneProcess && host !== NODE))(
  "$name's file is the file of a relay on Node",
  async (host) => {
    const file = join(temporaryFolder(), "relay.db");
    const first = await host.start(file);
    onTestFinished(() => void first.stop());
    const room = makeRoom();
    const there = await joinRoom(first, room);
    await there.put(makeEntry(room, 1), makeEntry(room, 2));
    await first.stop("SIGTERM");
    const second = await NODE.start(file);
    onTestFinished(() => void second.stop());
    const here = await joinRoom(second, room);
    expect(here.hello.instanceId).toEqual(there.hello.instanceId);
    expect(await here.pullAll()).toHaveLength(2);
  },
);

/** Frames that nearly are some: cut, with bits flipped, with lengths that lie, or nothing but noise. */
function noise(round: number, room: ReturnType<typeof makeRoom>): Uint8Array {
  const entry = { entry: makeEntry(room, 5), pin: null };
  const frame = encodeFrame({ op: "put", request: 1, entries: [entry] }).slice();
  const at = Math.floor(Math.random() * frame.length);
  if (round % 4 === 0) return frame.subarray(0, Math.max(1, at));
  if (round % 4 === 1) return new Uint8Array(randomBytes(1 + at));
  // Past the request's number every byte of the frame is judged; a flipped bit inside the noise of an entry would be an entry.
  if (round % 4 === 2) return new Uint8Array([...frame, ...randomBytes(3)]);
  frame[at % 24] = (frame[at % 24] as number) ^ 0x80;
  return frame;
}
