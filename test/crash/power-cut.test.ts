/**
 * Promise 1 against a power cut (sync-protocol.md § 11): the writes and syncs of a real process on its vault file are recorded, through edits and
 * changes of keys, and the file is built again as it would be found at each sync with parts of the later writes missing. Each opens, verifies and
 * has everything that was reported saved.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveDevice } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { drawNumbers } from "../scenario/seed.ts";
import { type Account, register, signIn } from "../scenario/site.ts";
import { changesShownAfter, readChanges } from "./changes.ts";
import { type Boundary, cutPower, type Files, listBoundaries, readRecord } from "./recorded-disk.ts";
import { canTrace, recordTo } from "./strace.ts";

const SLOW = process.env["SLOW"] !== undefined;
const CHANGER = join(import.meta.dirname, "changer.ts");
/** With `SLOW` enough that SQLite moves its log into the file in between. */
const CHANGES = SLOW ? 60 : 11;

type Left = "nothing" | "everything" | "some";
const WAYS: readonly Left[] = ["some", "nothing", "some", "everything"];

let folder: ReturnType<typeof makeFolder>;
let path: string;
let account: Account;

beforeEach(async () => {
  folder = makeFolder();
  path = join(folder.path, "desk.latchkey");
  const device = await LiveDevice.found(path, "Desk", []);
  account = await register(device.transact, "one.example", "ana");
  await device.close();
});
afterEach(() => folder.remove());

/** A process does all changes. What it did to the disk. */
async function record(): Promise<Boundary[]> {
  const before: Files = new Map([[path, readFileSync(path)]]);
  const [trace, reports] = [join(folder.path, "trace"), join(folder.path, "reports")];
  const [starter, ...rest] = recordTo(trace, path, reports).concat(
    process.execPath,
    CHANGER,
    path,
    String(CHANGES),
    reports,
  );
  const child = spawn(starter as string, rest, { stdio: ["ignore", "ignore", "inherit"] });
  expect(await once(child, "exit")).toEqual([0, null]);
  return listBoundaries(readRecord(trace, reports), before);
}

function putOnDisk(files: Files): void {
  for (const suffix of ["", "-wal", "-journal"]) rmSync(path + suffix, { force: true });
  for (const [name, bytes] of files) if (bytes !== null) writeFileSync(name, bytes);
}

describe.skipIf(!canTrace)("a vault after a power cut", () => {
  test("promise 1: opens, verifies and has what was reported saved, whatever the disk lost of the rest", async () => {
    const random = drawNumbers();
    const boundaries = await record();
    expect(boundaries.at(-1)?.reported).toBe(CHANGES);
    expect(boundaries.length).toBeGreaterThan(CHANGES);
    for (const [number, boundary] of boundaries.entries()) {
      const ways: Left[] = SLOW
        ? ["nothing", "everything", ...Array.from({ length: 8 }, (): Left => "some")]
        : [WAYS[number % WAYS.length] as Left];
      for (const left of ways) {
        putOnDisk(cutPower(boundary, left, random));
        const { reported } = boundary;
        const what = `before sync ${number + 1} with ${left} of what was not synced`;
        const device = await LiveDevice.open(path, "Desk").catch((error: unknown) => {
          throw new Error(what, { cause: error });
        });
        // One more may have been saved, and the power cut before it could be said.
        expect(readChanges(device), what).toBeOneOf([
          changesShownAfter(reported),
          changesShownAfter(reported + 1),
        ]);
        await expectWhole(device);
        if (left === "some") await signIn(device.transact, account);
        await device.close();
      }
    }
    // A disk that forgets what it said was synced would be seen here.
    putOnDisk(boundaries[1]?.durable ?? new Map());
    const device = await LiveDevice.open(path, "Desk");
    expect(readChanges(device)).not.toEqual(changesShownAfter(CHANGES));
    await device.close();
  });
});
