/** Host processes: one after another on one socket, and what a killed one leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectControl } from "../../src/control/connect-control.ts";
import { deriveControlPath } from "../../src/control/place.ts";

let folder: string;
let path: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-control-"));
  path = deriveControlPath(join(folder, "vault"), {});
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  rmSync(folder, { recursive: true });
});

async function startHost(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "host.ts"), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [said] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("a killed host leaves nothing in the way of the next one", async () => {
  const first = await startHost();
  expect(first.said).toBe("serving");
  expect((await startHost()).said).toBe("LK-VAULT-IN-USE");

  const client = await connectControl(path);
  expect(await client?.call("who", {})).toEqual({ method: "who", pid: first.child.pid });
  await kill(first.child);
  await expect(client?.call("who", {})).rejects.toThrow(expect.objectContaining({ code: "LK-CLI-HOST" }));
  // The socket is still there on POSIX, and nobody answers.
  expect(existsSync(path)).toBe(true);
  expect(await connectControl(path)).toBeNull();

  const second = await startHost();
  expect(second.said).toBe("serving");
  const next = await connectControl(path);
  expect(await next?.call("who", {})).toEqual({ method: "who", pid: second.child.pid });
  next?.close();
});
