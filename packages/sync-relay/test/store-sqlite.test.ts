/** The SQLite store keeps the contract, its file, and an honest instance id. */
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { inspectRelayFile } from "../src/store/inspect.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import type { Store } from "../src/store/store.ts";
import { bytesOf, randomOf, temporaryFolder } from "./rig.ts";
import { describeInviteContract, describeStoreContract, SMALL } from "./store-contract.ts";

const DAY = 20_000;
const ROOM = bytesOf(16) as RoomId;
let now = 0;

function open(file: string): Store {
  return openSqliteStore({ file, limits: SMALL, clock: { now: () => now }, random: randomOf });
}

function openFresh(): Store {
  const store = open(join(temporaryFolder(), "relay.db"));
  onTestFinished(() => store.close());
  return store;
}

for (const describeContract of [describeStoreContract, describeInviteContract]) {
  describeContract("SQLite store", (limits) => {
    const file = join(temporaryFolder(), "relay.db");
    const store = openSqliteStore({ file, limits, clock: { now: () => now }, random: randomOf });
    onTestFinished(() => store.close());
    return store;
  });
}

const putOne = async (store: Store, seq: number): Promise<void> => {
  const { ref } = await store.createRoom(ROOM, DAY);
  const entry = { room: ref, deviceTag: bytesOf(8), seq, bytes: bytesOf(90, seq), pinned: false };
  await store.commit([entry], DAY);
};

describe("the relay's file", () => {
  test("syncs every commit and overwrites what is deleted", () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    onTestFinished(() => store.close());
    const source = readFileSync(new URL("../src/store/sqlite.ts", import.meta.url), "utf8");
    expect(source).toContain("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    expect(other.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(other.prepare("PRAGMA auto_vacuum").get()).toEqual({ auto_vacuum: 2 });
  });

  test("keeps everything over a restart, but uploads under way", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const before = open(file);
    await putOne(before, 1);
    const { ref } = await before.createRoom(ROOM, DAY);
    const staged = (await before.stageSnapshot(ref, bytesOf(32), 100_000)) as number;
    await before.stageChunk(staged, 0, bytesOf(1000));
    await before.close();
    const after = open(file);
    onTestFinished(() => after.close());
    expect(after.instanceId).toEqual(before.instanceId);
    expect((await after.read(ref, 0, 10, 1000)).entries).toEqual([{ cursor: 1, entry: bytesOf(90, 1) }]);
    expect(await after.stageSnapshot(ref, bytesOf(32), 100_000)).not.toBeNull();
  });

  test("no longer holds what was purged, nor its log beside it", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    onTestFinished(() => store.close());
    const { ref } = await store.createRoom(ROOM, DAY);
    const secret = Buffer.from("the very sealed bytes of this entry");
    await store.commit([{ room: ref, deviceTag: bytesOf(8), seq: 1, bytes: secret, pinned: false }], DAY);
    const everything = (): Buffer =>
      Buffer.concat(
        [file, `${file}-wal`].filter((path) => existsSync(path)).map((path) => readFileSync(path)),
      );
    expect(everything().includes(secret)).toBe(true);
    await store.purge(ref);
    expect(everything().includes(secret)).toBe(false);
  });

  test.skipIf(process.platform === "win32")("is readable by its owner only", () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    onTestFinished(() => store.close());
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test.for<[string, (file: string) => void]>([
    ["that is no database", (file) => writeFileSync(file, "x".repeat(5000))],
    ["of something else", (file) => new DatabaseSync(file).exec("CREATE TABLE t (x)")],
    [
      "of another version",
      (file) => new DatabaseSync(file).exec("PRAGMA application_id = 0x4c4b5252; PRAGMA user_version = 99"),
    ],
    [
      "of a vault",
      (file) => new DatabaseSync(file).exec("PRAGMA application_id = 0x4c4b5654; PRAGMA user_version = 1"),
    ],
  ])("%s is refused and left as it was", ([, make]) => {
    const file = join(temporaryFolder(), "relay.db");
    make(file);
    const before = readFileSync(file);
    expect(() => open(file)).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe("the instance id", () => {
  const restart = async (file: string, between: () => void | Promise<void> = () => {}): Promise<boolean> => {
    const before = open(file);
    await putOne(before, 1);
    await before.close();
    await between();
    const after = open(file);
    await after.close();
    return Buffer.from(before.instanceId).equals(after.instanceId);
  };

  test("stays over restarts", async () => {
    const file = join(temporaryFolder(), "relay.db");
    expect(await restart(file)).toBe(true);
    expect(await restart(file)).toBe(true);
  });

  test("changes with a new file, even under an old mark", async () => {
    const file = join(temporaryFolder(), "relay.db");
    expect(await restart(file, () => rmSync(file))).toBe(false);
  });

  test("changes when the mark is lost or unreadable", async () => {
    const file = join(temporaryFolder(), "relay.db");
    expect(await restart(file, () => rmSync(`${file}.mark`))).toBe(false);
    expect(await restart(file, () => writeFileSync(`${file}.mark`, "many"))).toBe(false);
  });

  test("changes when yesterday's file comes back, though the relay never restarted since", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    await putOne(store, 1);
    // What a backup does: a copy of a consistent state, taken while the relay runs.
    const source = new DatabaseSync(file);
    source.exec(`VACUUM INTO '${file}.backup'`);
    source.close();
    now += 2000;
    await putOne(store, 2);
    await store.close();
    rmSync(`${file}-wal`, { force: true });
    rmSync(`${file}-shm`, { force: true });
    copyFileSync(`${file}.backup`, file);
    const restored = open(file);
    onTestFinished(() => restored.close());
    expect(restored.instanceId).not.toEqual(store.instanceId);
    expect((await restored.openRoom(ROOM, DAY))?.head).toBe(1);
  });

  test("is noticed even when the relay was killed, a second after the last mark", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    onTestFinished(() => store.close());
    const mark = (): string => readFileSync(`${file}.mark`, "utf8");
    const first = mark();
    now += 500;
    await putOne(store, 1);
    expect(mark()).toBe(first);
    now += 500;
    await putOne(store, 2);
    expect(Number(mark())).toBeGreaterThan(Number(first));
  });
});

describe("inspection", () => {
  test("tells what a file holds while the relay runs", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const store = open(file);
    onTestFinished(() => store.close());
    await putOne(store, 1);
    await putOne(store, 2);
    const { ref } = await store.createRoom(ROOM, DAY);
    expect(inspectRelayFile(file)).toEqual({
      instanceId: store.instanceId,
      rooms: [
        {
          roomId: ROOM,
          description: await store.describe(ref),
          sizes: [{ bytes: 90, entries: 2 }],
        },
      ],
    });
  });

  test("refuses a file that is not a relay's, and makes none", () => {
    const file = join(temporaryFolder(), "missing.db");
    expect(() => inspectRelayFile(file)).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, "x".repeat(5000));
    expect(() => inspectRelayFile(file)).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
  });

  test("reports free space of the disk", async () => {
    expect((await openFresh().probe()).freeBytes).toBeGreaterThan(0);
  });
});
