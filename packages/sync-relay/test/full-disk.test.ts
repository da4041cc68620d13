/** A disk that is full: writes are refused with their code, reads go on, and nothing is left to repair when there is space again. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { joinRoom, makeEntry, makeRoom, nextRequest, temporaryFolder } from "./rig.ts";

const OWN_MOUNTS = ["--user", "--map-root-user", "--mount"];
const SCRIPT = fileURLToPath(new URL("full-disk-relay.ts", import.meta.url));
const ENTRY_BYTES = 60_000;

/** Linux, where nobody has taken user namespaces away. */
const canMount = (): boolean =>
  spawnSync("unshare", [...OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;

test.runIf(canMount())(
  "a relay on a full disk refuses to write, serves what it has, and goes on when there is space",
  async () => {
    const mount = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1"';
    const shell = ["sh", "-c", mount, "sh", temporaryFolder(), process.execPath, SCRIPT];
    const child = spawn("unshare", [...OWN_MOUNTS, ...shell], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [address] = (await once(createInterface(child.stdout), "line")) as [string];
    const relay = { address };
    const room = makeRoom();
    const member = await joinRoom(relay, room);
    const put = async (seq: number) => {
      const entries = [{ entry: makeEntry(room, seq, { size: ENTRY_BYTES }), pin: null }];
      return member.ask({ op: "put", request: nextRequest(), entries });
    };

    let stored = 0;
    let answer = await put(1);
    while (answer.op === "ack") answer = await put(++stored + 1);
    expect(stored).toBeGreaterThan(3);
    expect(answer).toMatchObject({ op: "error", code: "LK-RELAY-STORE", retryAfterMs: 5000 });
    for (let i = 0; i < 3; i++) expect(await put(stored + 1)).toMatchObject({ code: "LK-RELAY-STORE" });
    expect((await fetch(`${address}/readyz`)).status).toBe(503);
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    const reader = await joinRoom(relay, room);
    expect((await reader.pullAll()).map(({ cursor }) => cursor)).toEqual(
      Array.from({ length: stored }, (_, i) => i + 1),
    );

    child.kill("SIGUSR2");
    await expect.poll(async () => (await put(stored + 1)).op, { timeout: 20_000 }).toBe("ack");
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    expect((await reader.pullAll()).map(({ cursor }) => cursor)).toEqual(
      Array.from({ length: stored + 1 }, (_, i) => i + 1),
    );
  },
);
