/** Promise 1 without any network, and experience.md L3: no socket is opened but to the configured relays. Every socket of a real process counts. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "@latchkey/desktop/test/hosts";

const DEVICE = join(import.meta.dirname, "offline-device.ts");
const COUNTER = join(import.meta.dirname, "count-sockets.ts");

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

/** Runs the device's life in a process of its own; what it showed at the end, and how it tried to reach the network, each way once. */
async function live(...relays: string[]): Promise<{ shown: unknown; sockets: readonly string[] }> {
  const child = fork(DEVICE, [join(folder.path, "desk.latchkey"), ...relays], {
    execArgv: ["--disable-warning=ExperimentalWarning", "--import", COUNTER],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const told: { shown?: unknown; sockets?: readonly string[] } = {};
  child.on("message", (message) => Object.assign(told, message));
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
  expect(told.sockets).toBeDefined();
  return { shown: told.shown, sockets: [...new Set(told.sockets)].sort() };
}

/** An address of this machine where nothing listens. */
async function findDeadAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

const EVERYTHING = [
  { title: "edited", state: "live", tags: ["work"] },
  { title: expect.stringContaining("Shop at"), state: "live", tags: [] },
];

describe("a vault", () => {
  test("promise 1: everything works with no relay configured, and not one socket is opened", async () => {
    const { shown, sockets } = await live();
    expect(shown).toEqual(expect.arrayContaining(EVERYTHING));
    expect(sockets).toEqual([]);
  });

  test("promise 1: everything works with no relay reachable", async () => {
    const dead = await findDeadAddress();
    const { shown, sockets } = await live(`http://${dead}`);
    expect(shown).toEqual(expect.arrayContaining(EVERYTHING));
    expect(sockets).toEqual([`connect ${dead}`]);
  });

  test("opens sockets to the configured relays and to nothing else", async () => {
    const relays = await Promise.all(
      ["a.db", "b.db"].map((file) =>
        startRelay({ admission: { mode: "open" }, file: join(folder.path, file), log: () => {} }),
      ),
    );
    const { shown, sockets } = await live(...relays.map(({ origin }) => origin));
    expect(shown).toEqual(expect.arrayContaining(EVERYTHING));
    expect(sockets).toEqual(relays.map(({ origin }) => origin.replace("http://", "connect ")).sort());
    await Promise.all(relays.map((relay) => relay.close()));
  });

  test("would be caught if it opened others", async () => {
    const { sockets } = await live("control");
    expect(sockets).toEqual(
      expect.arrayContaining(["connect 127.0.0.9:9", "fetch http://127.0.0.9:9/", "lookup localhost"]),
    );
  });
});
