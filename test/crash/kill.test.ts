/** Promise 1 against SIGKILL: a process that writes to a real vault file is killed at moments that nobody chose. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { LiveDevice } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { drawNumbers } from "../scenario/seed.ts";
import { readShown, shownAfter } from "./writes.ts";

const WRITES = 200;
const WRITER = join(import.meta.dirname, "writer.ts");
/** A writer that has not begun to write yet is killed within this time. */
const START_MS = 500;
const ROUNDS = process.env["SLOW"] ? 12 : 1;

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

/** Lets a writer live for a while, from write `from` on. The last write that it reported, and whether it was killed. */
async function writeAndDie(path: string, from: number, random: () => number) {
  const child = spawn(process.execPath, [WRITER, path, String(from), String(WRITES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const reports = Math.floor(random() * 50);
  const kill = (ms: number): NodeJS.Timeout => setTimeout(() => child.kill("SIGKILL"), ms);
  let timer = reports === 0 ? kill(random() * START_MS) : undefined;
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    const before = seen;
    seen += chunk.filter((byte) => byte === 0x0a).length;
    if (before < reports && seen >= reports) timer = kill(random() * 15);
  });
  const output = await text(child.stdout);
  const [code, signal] = (await exit) as [number | null, string | null];
  clearTimeout(timer);
  expect([code, signal]).toBeOneOf([
    [0, null],
    [null, "SIGKILL"],
  ]);
  // A line that was cut in the middle was never reported.
  const lines = output.slice(0, output.lastIndexOf("\n") + 1).trim();
  return { reported: lines === "" ? from - 1 : Number(lines.split("\n").at(-1)), killed: signal !== null };
}

describe("a device that is killed while it writes", () => {
  test("promise 1: has every change that was reported saved, and a log that verifies", async () => {
    const random = drawNumbers();
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(folder.path, `${round}.latchkey`);
      await (await LiveDevice.found(path, "Desk", [])).close();
      let reported = 0;
      let kills = 0;
      while (reported < WRITES) {
        const life = await writeAndDie(path, reported + 1, random);
        ({ reported } = life);
        if (life.killed) kills++;
        const device = await LiveDevice.open(path, "Desk");
        // One more may have been saved, and the process killed before it could say so.
        expect(readShown(device)).toBeOneOf([shownAfter(reported), shownAfter(reported + 1)]);
        await expectWhole(device);
        await device.close();
      }
      expect(kills).toBeGreaterThan(0);
    }
  });
});
