/**
 * Many relays over one PostgreSQL, all real processes, and clients that are let go and come back (relay.md § 8 and § 17.3): nothing that a
 * client saw acknowledged is missing, no cursor is skipped, and every reader sees each room in its order, wherever it is connected.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { AnyFrame, MailboxId } from "@latchkey/core/relay-protocol";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "@latchkey/sync-relay/test/postgres-server";
import {
  bytesOf,
  dialMailbox,
  dialNameplate,
  joinRoom,
  makeEntry,
  type MailboxClient,
  makeRoom,
  type Member,
  nextRequest,
  randomOf,
  temporaryFolder,
  type TestRoom,
} from "@latchkey/sync-relay/test/rig";
import { type HostProcess, NODE } from "./host-process.ts";

const ROUNDS = process.env["SLOW"] ? 20 : 1;
const ROOMS = 4;
const ENTRIES_PER_WRITER = 150;

let server: PostgresServer;

/** Relays that a client may dial: some are gone, and it does not know which. */
interface Fleet {
  readonly relays: HostProcess[];
  readonly add: () => Promise<HostProcess>;
}

async function startFleet(count: number): Promise<Fleet> {
  const folder = temporaryFolder();
  const databaseFile = join(folder, "database-url");
  writeFileSync(databaseFile, `${server.url}\n`);
  const relays: HostProcess[] = [];
  const add = async (): Promise<HostProcess> => {
    const relay = await NODE.start(
      join(folder, "unused.db"),
      {},
      { LATCHKEY_RELAY_DATABASE_FILE: databaseFile },
    );
    onTestFinished(() => void relay.stop());
    relays.push(relay);
    return relay;
  };
  for (let i = 0; i < count; i++) await add();
  return { relays, add };
}

/** What a device does: stays away for a moment, each for another, and dials again, whichever relay answers. */
async function rejoin(fleet: Fleet, room: TestRoom, isOver: () => boolean): Promise<Member | null> {
  while (!isOver()) {
    const relay = fleet.relays[Math.floor(Math.random() * fleet.relays.length)] as HostProcess;
    try {
      return await joinRoom(relay, room);
    } catch {
      await wait(20 + Math.random() * 100);
    }
  }
  return null;
}

interface Acked {
  readonly cursor: number;
  readonly entry: Uint8Array;
}

/** Puts each entry until it is acknowledged. */
async function write(fleet: Fleet, room: TestRoom, tag: number, acked: Acked[]): Promise<void> {
  let member: Member | null = null;
  for (let seq = 1; seq <= ENTRIES_PER_WRITER;) {
    member ??= (await rejoin(fleet, room, () => false)) as Member;
    const entry = makeEntry(room, seq, { tag, size: 200 });
    try {
      const answer = await member.ask({ op: "put", request: nextRequest(), entries: [{ entry, pin: null }] });
      const [outcome] = answer.op === "ack" ? answer.outcomes : [];
      if (outcome !== undefined && "cursor" in outcome) {
        acked.push({ cursor: outcome.cursor, entry });
        seq++;
      } else await wait(20 + Math.random() * 100);
    } catch {
      member = null;
    }
  }
  member?.client.close();
}

/** Follows a room live, pulling after every new beginning. Its cursors must come without a gap and without a double. */
function follow(fleet: Fleet, room: TestRoom) {
  const seen: { cursor: number; entry: Uint8Array }[] = [];
  let over = false;
  let member: Member | null = null;
  const take = (placed: { cursor: number; entry: Uint8Array }): void => {
    if (placed.cursor <= seen.length) return;
    if (placed.cursor !== seen.length + 1) throw new Error(`got ${placed.cursor} after ${seen.length}`);
    seen.push(placed);
  };
  const done = (async () => {
    for (;;) {
      member = await rejoin(fleet, room, () => over);
      if (member === null) return;
      const current = member;
      const isGone = (error: unknown): boolean => String(error).includes("closed while waiting");
      const pulled = await current
        .pullAll(seen.length)
        .catch((error: unknown) => (isGone(error) ? [] : Promise.reject(error as Error)));
      pulled.forEach(take);
      try {
        for (;;) {
          const { cursor, entry } = await current.client.find("event");
          take({ cursor, entry });
        }
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  })();
  return {
    seen,
    async stop() {
      over = true;
      member?.client.close();
      await done;
    },
    done,
  };
}

/** Lets devices write and follow while something happens, and checks that nothing was lost. */
async function checkLoad(fleet: Fleet, during: (acks: () => number) => Promise<void>): Promise<void> {
  const rooms = Array.from({ length: ROOMS }, () => makeRoom());
  const acked = rooms.map((): Acked[] => []);
  const readers = rooms.flatMap((room) => [follow(fleet, room), follow(fleet, room)]);
  const acks = (): number => acked.reduce((sum, list) => sum + list.length, 0);
  const writers = rooms.flatMap((room, i) =>
    [1, 2].map((tag) => write(fleet, room, tag, acked[i] as Acked[])),
  );
  await Promise.all([during(acks), ...writers]);

  for (const [i, room] of rooms.entries()) {
    const member = (await rejoin(fleet, room, () => false)) as Member;
    const kept = await member.pullAll();
    expect(kept.map(({ cursor }) => cursor)).toEqual(kept.map((_, at) => at + 1));
    expect(kept).toHaveLength(2 * ENTRIES_PER_WRITER);
    for (const { cursor, entry } of acked[i] ?? []) expect(kept[cursor - 1]?.entry).toEqual(entry);
    for (const reader of readers.slice(2 * i, 2 * i + 2)) {
      await Promise.race([
        reader.done,
        expect.poll(() => reader.seen.length, { timeout: 40_000 }).toBe(kept.length),
      ]);
      expect(reader.seen).toEqual(kept);
    }
    member.client.close();
  }
  await Promise.all(readers.map((reader) => reader.stop()));
}

const reach = async (acks: () => number, count: number): Promise<void> => {
  while (acks() < count) await wait(5);
};

describe.skipIf(!hasPostgres)("relays over one PostgreSQL", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());

  test("need no sticky sessions: a device on one sees at once what a device on another does", async () => {
    const { relays } = await startFleet(3);
    const room = makeRoom();
    const [one, other, third] = await Promise.all(relays.map((relay) => joinRoom(relay, room)));
    expect(other!.hello.instanceId).toEqual(one!.hello.instanceId);
    const entry = makeEntry(room, 1);
    expect(await one!.put(entry)).toEqual([1]);
    expect(await other!.client.take("event")).toEqual({ op: "event", cursor: 1, entry });
    expect(await other!.put(makeEntry(room, 1, { tag: 2 }))).toEqual([2]);
    for (const cursor of [1, 2]) expect(await third!.client.take("event")).toMatchObject({ cursor });
    expect(await one!.client.take("event")).toMatchObject({ cursor: 2 });
    // The same bytes again, through another relay, are the same entry.
    expect(await third!.put(entry)).toEqual([1]);
  });

  test("carry a pairing between a device on one and a device on another, by id and by nameplate", async () => {
    const { relays } = await startFleet(3);
    const [one, other, third] = relays as [HostProcess, HostProcess, HostProcess];
    const id = randomOf(16) as MailboxId;
    const enter = async (client: MailboxClient, frame: AnyFrame): Promise<MailboxClient> => {
      await client.opened();
      client.send(frame);
      return client;
    };
    const tokens = [randomOf(16), randomOf(16)] as const;
    const claim = { op: "claim", version: 1, sideToken: tokens[1], received: 0 } as const;
    const opener = await enter(dialMailbox(one, id), {
      ...claim,
      op: "open",
      sideToken: tokens[0],
      ttlSeconds: 300,
    });
    await opener.take("ready");
    opener.send({ op: "nameplateGet" });
    const { number } = await opener.take("nameplate");
    const claimant = await enter(dialNameplate(other, number as number), claim);
    expect(await claimant.take("ready")).toMatchObject({ sides: 2, received: 0 });
    await opener.take("peer");
    opener.send({ op: "send", number: 1, body: bytesOf(50_000, 1) });
    expect(await claimant.take("message")).toEqual({ op: "message", number: 1, body: bytesOf(50_000, 1) });
    claimant.send({ op: "send", number: 1, body: bytesOf(5, 2) });
    expect(await opener.find("message")).toMatchObject({ number: 1, body: bytesOf(5, 2) });
    // Its relay dies; it comes back to another, with what it had.
    await other.stop("SIGKILL");
    await claimant.closed;
    const back = await enter(dialNameplate(third, number as number), { ...claim, received: 1 });
    expect(await back.take("ready")).toMatchObject({ sides: 2, received: 1 });
    opener.send({ op: "send", number: 2, body: bytesOf(5, 3) });
    expect(await back.take("message")).toMatchObject({ number: 2, body: bytesOf(5, 3) });
    const intruder = await enter(dialMailbox(third, id), { ...claim, sideToken: randomOf(16) });
    expect((await intruder.closed).code).toBe(4480);
    await opener.find("crowded");
    opener.send({ op: "close" });
    expect(await back.closed).toEqual({ code: 4481, reason: "LK-RELAY-GONE" });
  });

  test("keep the order of every room while all write at once", async () => {
    await checkLoad(await startFleet(2), async () => {});
  });

  test(`lose nothing when a relay is killed under load, times over: ${ROUNDS}`, async () => {
    const fleet = await startFleet(2);
    for (let round = 0; round < ROUNDS; round++) {
      await checkLoad(fleet, async (acks) => {
        await reach(acks, 50 + Math.floor(Math.random() * 500));
        await fleet.relays.shift()?.stop("SIGKILL");
        await fleet.add();
      });
    }
  });

  test(`lose nothing when PostgreSQL is killed under load and started again, times over: ${ROUNDS}`, async () => {
    const fleet = await startFleet(2);
    for (let round = 0; round < ROUNDS; round++) {
      await checkLoad(fleet, async (acks) => {
        await reach(acks, 50 + Math.floor(Math.random() * 500));
        await server.kill();
        await server.start();
      });
      const ready = await Promise.all(fleet.relays.map((relay) => fetch(`${relay.address}/readyz`)));
      expect(ready.map(({ status }) => status)).toEqual([200, 200]);
    }
  });

  test("say that they are not ready while PostgreSQL is away, refuse puts for the moment, and stay up", async () => {
    const { relays } = await startFleet(1);
    const relay = relays[0] as HostProcess;
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    await server.kill();
    const put = {
      op: "put",
      request: nextRequest(),
      entries: [{ entry: makeEntry(room, 1), pin: null }],
    } as const;
    expect(await member.ask(put)).toMatchObject({ op: "error", code: "LK-RELAY-STORE", retryAfterMs: 5000 });
    expect((await fetch(`${relay.address}/readyz`)).status).toBe(503);
    expect((await fetch(`${relay.address}/livez`)).status).toBe(200);
    await server.start();
    expect(await member.ask({ ...put, request: nextRequest() })).toMatchObject({
      op: "ack",
      outcomes: [{ cursor: 1 }],
    });
    // A probe that began while the server was away may end after this one.
    await expect
      .poll(async () => (await fetch(`${relay.address}/readyz`)).status, { timeout: 20_000 })
      .toBe(200);
  });
});
