/**
 * The native messaging host as a browser starts it: a real process behind the launcher that is installed, a real pipe, a real vault's host
 * that it starts by itself.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostMessage } from "@latchkey/browser-extension/host-message";
import { EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filesFolderOf, launcherIn, renderLauncher } from "../../src/browser/host-files.ts";
import { listStandings } from "../../src/browser/running-extensions.ts";
import { tryLauncher } from "../../src/browser/try-launcher.ts";
import { connectControl } from "../../src/control/connect-control.ts";
import { createFrameParser, encodeFrame, NATIVE_MESSAGING } from "../../src/control/frame.ts";
import { deriveControlPath } from "../../src/control/place.ts";
import { Home } from "../commands/program.ts";
import { until } from "../host/hosts.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/browser-host.js");

let home: Home;
let launcher: string;
const children = new Set<ChildProcess>();
beforeEach(() => {
  home = new Home();
  const folder = filesFolderOf(home.vault);
  launcher = launcherIn(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const parts = { node: process.execPath, program: PROGRAM, vault: home.vault };
  writeFileSync(launcher, renderLauncher(process.platform, parts), { mode: 0o700 });
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  // The host that a launcher started goes on by itself: ended as a person ends it.
  await stopHost();
  home.remove();
});

const controlPath = (): string => deriveControlPath(home.vault, home.env);

/** Nobody here knows its process id: it is looked for by its vault, which no other test has. */
async function stopHost(): Promise<void> {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
      if (line.includes("up") && line.includes(home.vault)) process.kill(Number(id), "SIGTERM");
    } catch {
      // Gone meanwhile.
    }
  }
  await until(async () => (await connectControl(controlPath()).catch(() => null)) === null);
}

interface Pipe {
  readonly child: ChildProcess;
  readonly received: HostMessage[];
  send(message: unknown): void;
  write(bytes: Uint8Array): void;
  readonly exit: Promise<number | null>;
}

function start(caller = EXTENSION_ORIGIN): Pipe {
  const child = spawn(launcher, [caller], { stdio: ["pipe", "pipe", "ignore"] });
  children.add(child);
  const received: HostMessage[] = [];
  const parser = createFrameParser((value) => received.push(value as HostMessage), NATIVE_MESSAGING);
  child.stdout.on("data", (bytes: Buffer) => parser.push(bytes));
  child.stdin.on("error", () => {});
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return {
    child,
    received,
    send: (message) => child.stdin.write(encodeFrame(message, NATIVE_MESSAGING)),
    write: (bytes) => child.stdin.write(bytes),
    exit,
  };
}

const HELLO = { type: "hello", version: 1 };
const details = (options: object = {}): string =>
  JSON.stringify({
    challenge: "AAAA",
    rpId: "shop.example",
    extensions: {
      remoteDesktopClientOverride: { origin: "https://shop.example", sameOriginWithAncestors: true },
    },
    ...options,
  });

describe.skipIf(process.platform !== "linux")("the native messaging host", () => {
  test("says that there is no vault, and starts nothing for it", async () => {
    expect(await tryLauncher(launcher)).toBe("no-vault");
    expect(await connectControl(controlPath())).toBe(null);
  });

  test("starts the vault's host, which goes on when the browser ends; ends itself with the pipe", async () => {
    await home.found();
    const pipe = start();
    pipe.send(HELLO);
    await until(() => pipe.received.length > 0);
    expect(pipe.received).toEqual([{ type: "hello", version: 1, state: "ready" }]);
    pipe.send({ type: "standing", standing: "answering" });
    await until(() => listStandings(filesFolderOf(home.vault)).length > 0);
    expect(listStandings(filesFolderOf(home.vault))).toEqual(["answering"]);
    pipe.child.stdin?.end();
    expect(await pipe.exit).toBe(0);
    expect(listStandings(filesFolderOf(home.vault))).toEqual([]);
    const control = await connectControl(controlPath());
    expect(control).not.toBe(null);
    control?.close();
  });

  test("shows a request at an address of the app, one at a time, and drops it when it is given up", async () => {
    await home.found();
    const pipe = start();
    pipe.send({ type: "request", id: -7, kind: "get", details: details() });
    await until(() => pipe.received.length > 0);
    expect(pipe.received[0]).toMatchObject({
      type: "show",
      id: -7,
      address: expect.stringMatching(/^http:\/\/localhost:\d+\/#launch=[\w-]{22}$/),
    });
    pipe.send({ type: "request", id: 8, kind: "get", details: details() });
    await until(() => pipe.received.length > 1);
    expect(pipe.received[1]).toMatchObject({ type: "error", id: 8, name: "NotAllowedError", aside: false });
    pipe.send({ type: "cancel", id: -7 });
    pipe.send({ type: "request", id: 9, kind: "get", details: details() });
    await until(() => pipe.received.some((message) => message.type !== "hello" && message.id === 9));
    expect(pipe.received.filter((message) => message.type !== "hello" && message.id === -7)).toHaveLength(1);
  });

  test.for([
    ["no origin", JSON.stringify({ challenge: "AAAA", extensions: {} }), "NotAllowedError"],
    ["no JSON", "{", "NotAllowedError"],
    ["an origin that is not secure", details().replace("https://shop", "http://shop"), "SecurityError"],
    ["a public suffix", details({ rpId: "com" }), "SecurityError"],
    ["a challenge that is no text", details({ challenge: 7 }), "TypeError"],
  ] as const)("turns down details with %s", async ([, text, name]) => {
    await home.found();
    const pipe = start();
    pipe.send({ type: "request", id: 1, kind: "get", details: text });
    await until(() => pipe.received.length > 0);
    expect(pipe.received[0]).toMatchObject({ type: "error", id: 1, name });
  });

  test.for([
    ["another extension", `chrome-extension://${"a".repeat(32)}/`],
    ["a website", "https://shop.example/"],
    ["nobody", "x"],
  ] as const)("answers nothing to %s", async ([, caller]) => {
    const pipe = start(caller);
    pipe.send(HELLO);
    expect(await pipe.exit).toBe(1);
    expect(pipe.received).toEqual([]);
  });

  test.for([
    ["a length of nothing", Buffer.from([0, 0, 0, 0])],
    ["a length beyond the bound", Buffer.from([1, 0, 0x10, 0])],
    ["no JSON", Buffer.from([1, 0, 0, 0, 0x7b])],
    ["no UTF-8", Buffer.from([1, 0, 0, 0, 0xff])],
    ["a list", encodeFrame([], NATIVE_MESSAGING)],
    ["an unknown message", encodeFrame({ type: "open" }, NATIVE_MESSAGING)],
    ["a field too many", encodeFrame({ ...HELLO, more: 1 }, NATIVE_MESSAGING)],
    ["a field too few", encodeFrame({ type: "hello" }, NATIVE_MESSAGING)],
    ["a name of every object", encodeFrame({ type: "constructor" }, NATIVE_MESSAGING)],
    ["an id that is none", encodeFrame({ type: "cancel", id: 1.5 }, NATIVE_MESSAGING)],
  ] as const)("ends at %s", async ([, bytes]) => {
    const pipe = start();
    pipe.write(bytes);
    expect(await pipe.exit).toBe(1);
    expect(pipe.received).toEqual([]);
  });
});
