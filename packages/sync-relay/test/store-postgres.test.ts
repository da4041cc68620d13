/** The PostgreSQL store keeps the contract against a real server, tells other relays, and notices when the data are others. */
import type { RoomId } from "@latchkey/core/relay-protocol";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from "../src/store/postgres.ts";
import { splitPayload } from "../src/store/postgres-hints.ts";
import type { NewEntry, RoomRef, Store, StoreLimits } from "../src/store/store.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "./postgres-server.ts";
import { describeMailboxContract } from "./mailbox-contract.ts";
import { bytesOf, randomOf } from "./rig.ts";
import { describeInviteContract, describeStoreContract, SMALL } from "./store-contract.ts";

const DAY = 20_000;
const ROOM = bytesOf(16) as RoomId;
let server: PostgresServer;

/** A store on the tables that are there. */
async function open(
  limits: Partial<PostgresStoreOptions["limits"]> = SMALL,
  clock = { now: () => DAY * 86_400_000 },
): Promise<PostgresStore> {
  const store = await openPostgresStore({
    url: server.url,
    limits: { ...DEFAULT_LIMITS, ...limits },
    clock,
    random: randomOf,
  });
  onTestFinished(() => store.close());
  return store;
}

async function openFresh(limits: StoreLimits = SMALL): Promise<Store> {
  await (await open()).close();
  await server.run(
    "SET search_path = latchkey_relay; TRUNCATE room, entry, snapshot, snapshot_chunk, invite RESTART IDENTITY",
  );
  return open(limits);
}

const entry = (room: RoomRef, seq: number, bytes = bytesOf(90, seq)): NewEntry => ({
  room,
  deviceTag: bytesOf(8),
  seq,
  bytes,
  pinned: false,
});

describe.skipIf(!hasPostgres)("with a PostgreSQL server", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());

  describeStoreContract("PostgreSQL store", openFresh);
  describeInviteContract("PostgreSQL store", openFresh);
  describeMailboxContract("mailboxes in PostgreSQL", async (limits, clock) => {
    await (await open()).close();
    await server.run("TRUNCATE latchkey_relay.mailbox RESTART IDENTITY CASCADE");
    const [one, other] = [await open(limits, clock), await open(limits, clock)];
    return { one: one.mailboxes, other: other.mailboxes };
  });

  test("a commit reads a few rows, however much its room has come to hold since the first", async () => {
    const store = await openFresh({ ...DEFAULT_LIMITS });
    const { ref } = await store.createRoom(ROOM, DAY);
    const fetched = async () => {
      const [row] = await server.run(
        "SELECT idx_tup_fetch + seq_tup_read AS rows, n_tup_ins AS stored FROM pg_stat_user_tables WHERE relname = 'entry'",
      );
      return { rows: Number(row?.["rows"]), stored: Number(row?.["stored"]) };
    };
    await server.run("SELECT pg_stat_reset()");
    let seq = 0;
    const commit = async (entries: number): Promise<void> => {
      await store.commit(
        Array.from({ length: entries }, () => entry(ref, ++seq)),
        DAY,
      );
    };
    // Plans are made by the first commits, when nothing is there, and kept.
    for (let i = 0; i < 8; i++) await commit(1);
    for (let i = 0; i < 40; i++) await commit(64);
    for (let i = 0; i < 100; i++) await commit(1);
    await expect.poll(async () => (await fetched()).stored, { timeout: 10_000 }).toBe(seq);
    expect((await fetched()).rows).toBeLessThan(4 * seq);
  });

  describe("two relays on one database", () => {
    test("agree on the instance id, on the rooms and on their cursors", async () => {
      const [one, other] = [await openFresh(), await open()];
      expect(other.instanceId).toEqual(one.instanceId);
      const [{ ref }, again] = await Promise.all([one.createRoom(ROOM, DAY), other.createRoom(ROOM, DAY)]);
      expect(again.ref).toBe(ref);
      expect(await one.commit([entry(ref, 1)], DAY)).toEqual([{ cursor: 1, fresh: true }]);
      expect(await other.commit([entry(ref, 1), entry(ref, 2)], DAY)).toEqual([
        { cursor: 1, fresh: false },
        { cursor: 2, fresh: true },
      ]);
    });

    test("make their tables once, started at the same moment", async () => {
      await server.run("DROP SCHEMA IF EXISTS latchkey_relay CASCADE");
      const stores = await Promise.all(Array.from({ length: 5 }, () => open()));
      expect(new Set(stores.map(({ instanceId }) => Buffer.from(instanceId).toString("hex"))).size).toBe(1);
    });

    test("writing to the same rooms in any order neither wait for each other nor skip a cursor", async () => {
      const limits = { ...SMALL, roomLogEntries: 1000, roomLogBytes: 1e6 };
      const stores = [await openFresh(limits), await open(limits), await open(limits)];
      const ids = Array.from({ length: 6 }, (_, i) => bytesOf(16, i) as RoomId);
      const refs = await Promise.all(ids.map(async (id) => (await stores[0]!.createRoom(id, DAY)).ref));
      await Promise.all(
        stores.map(async (store, who) => {
          for (let round = 0; round < 15; round++) {
            const rooms = who % 2 === 0 ? refs : refs.toReversed();
            await store.commit(
              rooms.map((room) => ({ ...entry(room, round), deviceTag: bytesOf(8, who) })),
              DAY,
            );
          }
        }),
      );
      for (const ref of refs) {
        const { entries, head } = await stores[1]!.read(ref, 0, 1000, 1e6);
        expect(head).toBe(45);
        expect(entries.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
      }
    });

    test("hear of each other's commits, not of their own, and read what is new", async () => {
      const [one, other] = [await openFresh(), await open()];
      const heard: (readonly RoomRef[] | null)[][] = [[], []];
      for (const [i, store] of [one, other].entries()) {
        store.others?.watch((rooms) => void heard[i]?.push(rooms));
        // Listening begins: anything may be new.
        await expect.poll(() => heard[i]).toEqual([null]);
      }
      const { ref } = await one.createRoom(ROOM, DAY);
      await one.commit([entry(ref, 1), entry(ref, 2)], DAY);
      await expect.poll(() => heard[1]).toEqual([null, [ref]]);
      expect(heard[0]).toEqual([null]);
      expect(
        await other.others?.readNews([
          { room: ref, after: 1 },
          { room: 99, after: 0 },
        ]),
      ).toEqual([{ room: ref, entries: [{ cursor: 2, entry: bytesOf(90, 2) }], head: 2 }]);
      expect(await other.others?.readNews([{ room: ref, after: 2 }])).toEqual([]);
    });

    test("listen again after the server was killed, and then anything may be new", async () => {
      const store = await openFresh();
      const heard: (readonly RoomRef[] | null)[] = [];
      store.others?.watch((rooms) => void heard.push(rooms));
      await expect.poll(() => heard).toEqual([null]);
      const { ref } = await store.createRoom(ROOM, DAY);
      await store.commit([entry(ref, 1)], DAY);
      await server.kill();
      await expect(store.commit([entry(ref, 2)], DAY)).rejects.toThrow();
      await expect(store.probe()).rejects.toThrow();
      await server.start();
      await expect.poll(() => heard, { timeout: 20_000 }).toEqual([null, null]);
      expect(await store.commit([entry(ref, 2)], DAY)).toEqual([{ cursor: 2, fresh: true }]);
      expect(await store.probe()).toEqual({ freeBytes: null });
    });

    test("each count the space for uploads that they take themselves", async () => {
      const [one, other] = [await openFresh(), await open()];
      const { ref } = await one.createRoom(ROOM, DAY);
      const staged = await one.stageSnapshot(ref, bytesOf(32), SMALL.snapshotBytes);
      expect(await other.stageSnapshot(ref, bytesOf(32), SMALL.snapshotBytes)).not.toBeNull();
      await expect(other.commitSnapshot(staged as number, null, DAY)).rejects.toThrow();
      await one.expire(DAY + 1);
      await expect(one.commitSnapshot(staged as number, null, DAY)).rejects.toThrow();
    });
  });

  describe("the instance id", () => {
    test("stays over a restart of the relay", async () => {
      const store = await openFresh();
      expect((await open()).instanceId).toEqual(store.instanceId);
    });

    test.for([
      ["was deleted by hand", "DELETE FROM latchkey_relay.meta WHERE key = 'instance'"],
      ["is of another server", "UPDATE latchkey_relay.meta SET value = '\\x00' WHERE key = 'origin'"],
    ] as const)(
      "is a new one when it %s, and who runs on the old one stores nothing more",
      async ([, change]) => {
        const store = await openFresh();
        const { ref } = await store.createRoom(ROOM, DAY);
        await server.run(change);
        await expect(store.commit([entry(ref, 1)], DAY)).rejects.toThrow("not the one");
        await expect(store.probe()).rejects.toThrow("not the one");
        const next = await open();
        expect(next.instanceId).not.toEqual(store.instanceId);
        await expect(store.commit([entry(ref, 1)], DAY)).rejects.toThrow("not the one");
        expect(await next.commit([entry(ref, 1)], DAY)).toEqual([{ cursor: 1, fresh: true }]);
      },
    );
  });

  describe("a database", () => {
    test.for([["that does not sync", "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync"]] as const)(
      "%s is refused",
      async ([, change, back]) => {
        await server.run(change);
        await server.run("SELECT pg_reload_conf()");
        onTestFinished(async () => {
          await server.run(back);
          await server.run("SELECT pg_reload_conf()");
        });
        await expect.poll(() => open().catch((error: unknown) => String(error))).toContain("does not keep");
      },
    );

    test("of another version of the relay is refused, and so is an address where there is none", async () => {
      await openFresh();
      await server.run("UPDATE latchkey_relay.meta SET value = '\\x63' WHERE key = 'version'");
      onTestFinished(async () => void (await server.run("DROP SCHEMA latchkey_relay CASCADE")));
      await expect(open()).rejects.toMatchObject({ code: "LK-RELAY-CONFIG" });
      const nowhere = {
        url: "postgres://relay@127.0.0.1:1/none",
        limits: { ...DEFAULT_LIMITS, ...SMALL },
        clock: { now: () => 0 },
        random: randomOf,
      };
      await expect(openPostgresStore(nowhere)).rejects.toMatchObject({ code: "LK-RELAY-CONFIG" });
    });

    test("holds what is acknowledged with the server's own default for it turned off", async () => {
      await server.run("ALTER ROLE relay SET synchronous_commit = off");
      onTestFinished(async () => void (await server.run("ALTER ROLE relay RESET synchronous_commit")));
      const store = await openFresh();
      const { ref } = await store.createRoom(ROOM, DAY);
      await store.commit([entry(ref, 1)], DAY);
      const [row] = await server.run("SHOW synchronous_commit");
      expect(row).toEqual({ synchronous_commit: "off" });
      await server.kill();
      await server.start();
      expect((await (await open()).read(ref, 0, 10, 1000)).entries).toHaveLength(1);
    });
  });
});

describe("hints", () => {
  test("of any number of rooms fit their payloads, and no number is cut", () => {
    const rooms = Array.from({ length: 5000 }, (_, i) => 1_000_000_000 + i);
    const parts = splitPayload(rooms);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(7900);
    expect(
      parts
        .join(",")
        .split(",")
        .map((ref) => Number.parseInt(ref, 36)),
    ).toEqual(rooms);
    expect(splitPayload([])).toEqual([]);
  });
});
