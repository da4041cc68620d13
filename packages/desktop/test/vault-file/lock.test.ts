/** Two processes and one vault; and what a killed process leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createVaultFile, openVaultFile } from "../../src/vault-file/vault-file.ts";
import { createVaultFileHarness } from "./harness.ts";
import { readLast } from "./numbered-rows.ts";

let harness: ReturnType<typeof createVaultFileHarness>;
let children: ChildProcess[];

beforeEach(async () => {
  harness = createVaultFileHarness();
  children = [];
  await createVaultFile(harness.path).close();
});

afterEach(async () => {
  await Promise.all(children.map(stop));
  await harness.dispose();
});

/** Starts a script of this folder on the vault; yields the lines that it prints. */
function start(script: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), harness.path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const firstLine = async (lines: AsyncIterator<string>): Promise<string> =>
  (await lines.next()).value as string;

describe("the vault's lock", () => {
  test("keeps a second process out until the first one ends", async () => {
    const holder = start("lock-holder.ts");
    expect(await firstLine(holder.lines)).toBe("open");
    expect(await firstLine(start("lock-holder.ts").lines)).toBe("LK-VAULT-IN-USE");
    expect(() => openVaultFile(harness.path)).toThrow(expect.objectContaining({ code: "LK-VAULT-IN-USE" }));
    holder.child.stdin?.end();
    await once(holder.child, "exit");
    await openVaultFile(harness.path).close();
  });

  test("ends with a process that is killed", async () => {
    const holder = start("lock-holder.ts");
    expect(await firstLine(holder.lines)).toBe("open");
    await stop(holder.child);
    expect(await firstLine(start("lock-holder.ts").lines)).toBe("open");
  });

  test("keeps a second opening in the same process out", async () => {
    const store = openVaultFile(harness.path);
    expect(() => openVaultFile(harness.path)).toThrow(expect.objectContaining({ code: "LK-VAULT-IN-USE" }));
    await store.close();
    await openVaultFile(harness.path).close();
  });

  test("says so when its file holds something else", () => {
    writeFileSync(`${harness.path}.lock`, "not a lock ".repeat(100));
    expect(() => openVaultFile(harness.path)).toThrow(expect.objectContaining({ code: "LK-VAULT-FILE" }));
  });
});

test("has every commit that was reported done, whenever the writer is killed", async () => {
  const kills = process.env["SLOW"] ? 60 : 6;
  for (let kill = 0; kill < kills; kill++) {
    const { child, lines } = start("writer.ts");
    let reported = 0;
    const enough = 1 + Math.floor(Math.random() * 30);
    for (let line = 0; line < enough; line++) reported = Number(await firstLine(lines));
    await stop(child);
    for (let next = await lines.next(); !next.done; next = await lines.next()) reported = Number(next.value);
    const store = openVaultFile(harness.path);
    expect(await readLast(store)).toBeGreaterThanOrEqual(reported);
    await store.close();
  }
});
