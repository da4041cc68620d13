/** What was acknowledged is there afterwards: the relay's process is killed, or told to stop, under load. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { joinRoom, makeEntry, makeRoom, temporaryFolder, type TestRoom } from "./rig.ts";

const rounds = process.env["SLOW"] ? 20 : 2;
const SCRIPT = fileURLToPath(new URL("relay-process.ts", import.meta.url));

interface RelayProcess {
  readonly address: string;
  readonly child: ChildProcess;
}

async function startProcess(file: string): Promise<RelayProcess> {
  const child = spawn(process.execPath, [SCRIPT, file], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [address] = (await once(createInterface(child.stdout), "line")) as [string];
  return { address, child };
}

/** The acknowledgements that a client saw, in order: cursor and seq. */
interface Load {
  readonly room: TestRoom;
  readonly acked: { readonly cursor: number; readonly seq: number }[];
}

/** Writes until the socket ends; calls `onAck` for every acknowledgement. */
async function write(
  relay: RelayProcess,
  room: TestRoom,
  onAck: () => void,
): Promise<Load & { readonly code: number }> {
  const acked: { cursor: number; seq: number }[] = [];
  const member = await joinRoom(relay, room);
  try {
    for (let seq = 1; ; seq++) {
      const [cursor] = await member.put(makeEntry(room, seq, { size: 800 }));
      acked.push({ cursor: cursor as number, seq });
      onAck();
    }
  } catch {
    return { room, acked, code: (await member.client.closed).code };
  }
}

/** Loads eight rooms, does `end` after so many acknowledgements, and gives what the clients saw. */
async function loadUntil(relay: RelayProcess, acks: number, end: () => void) {
  let seen = 0;
  const onAck = (): void => void (++seen === acks && end());
  return Promise.all(Array.from({ length: 8 }, () => write(relay, makeRoom(), onAck)));
}

async function expectAll(file: string, loads: readonly Load[]): Promise<void> {
  const relay = await startProcess(file);
  for (const { room, acked } of loads) {
    const member = await joinRoom(relay, room);
    const kept = await member.pullAll();
    expect(kept.map(({ cursor }) => cursor)).toEqual(kept.map((_, i) => i + 1));
    expect(kept.length).toBe(member.welcome.head);
    expect(acked.length).toBeGreaterThan(0);
    for (const { cursor, seq } of acked) {
      expect(kept[cursor - 1]?.entry).toEqual(makeEntry(room, seq, { size: 800 }));
    }
    member.client.close();
  }
  relay.child.kill("SIGTERM");
  await once(relay.child, "exit");
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
}

describe("what a client saw acknowledged", () => {
  test(`survives SIGKILL under load, ${rounds} times over`, async () => {
    for (let round = 0; round < rounds; round++) {
      const file = join(temporaryFolder(), "relay.db");
      const relay = await startProcess(file);
      const acks = 40 + Math.floor(Math.random() * 600);
      const loads = await loadUntil(relay, acks, () => relay.child.kill("SIGKILL"));
      await expectAll(file, loads);
    }
  });

  test("is all there after SIGTERM, which every client is told of", async () => {
    const file = join(temporaryFolder(), "relay.db");
    const relay = await startProcess(file);
    const exit = once(relay.child, "exit");
    const loads = await loadUntil(relay, 200, () => relay.child.kill("SIGTERM"));
    expect(loads.map(({ code }) => code)).toEqual(loads.map(() => 1012));
    expect(await exit).toEqual([0, null]);
    await expectAll(file, loads);
  });
});
