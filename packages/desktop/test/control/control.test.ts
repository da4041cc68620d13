/** Host and command over a real socket: calls, questions, ends, and clients that misbehave. */
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectControl, type ControlClient } from "../../src/control/connect-control.ts";
import { createFrameParser, encodeFrame } from "../../src/control/frame.ts";
import { makePipeName, readPipeName, writePipeName } from "../../src/control/pipe-name.ts";
import { deriveControlPath } from "../../src/control/place.ts";
import { type ControlChannel, type ControlServer, serveControl } from "../../src/control/serve-control.ts";
import type { JsonObject, JsonValue } from "../../src/terminal/json.ts";

const code = (expected: string): object => expect.objectContaining({ code: expected });
const onPosix = process.platform !== "win32";

let folder: string;
let path: string;
let server: ControlServer;
let faults: unknown[];
let clients: ControlClient[];
/** What calls have seen of their end. */
let aborted: string[];

async function handle(method: string, params: JsonObject, channel: ControlChannel): Promise<JsonValue> {
  switch (method) {
    case "echo":
      return params;
    case "tell":
      for (let i = 0; i < Number(params["count"]); i++) channel.tell({ i });
      return "told";
    case "ask": {
      const passphrase = await channel.ask("passphrase", "passphrase:");
      const isSure = await channel.ask("confirm", "sure?");
      return { passphrase, isSure };
    }
    case "locked":
      throw new VaultError("LK-VAULT-LOCKED", "vault is locked");
    case "bug":
      throw new TypeError("the passphrase is hunter2");
    case "large":
      return "x".repeat(2 * 1024 * 1024);
    case "impatient":
      void channel.ask("code", "code:").catch(() => {});
      return "did not wait";
    default:
      await once(channel.signal, "abort");
      aborted.push((channel.signal.reason as VaultError).code);
      throw channel.signal.reason;
  }
}

async function open(): Promise<ControlClient> {
  const client = await connectControl(path);
  if (client === null) throw new Error("no host runs");
  clients.push(client);
  return client;
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-control-"));
  path = deriveControlPath(join(folder, "vault"), {});
  faults = [];
  clients = [];
  aborted = [];
  server = await serveControl({ path, handle, onFault: (error) => faults.push(error) });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

describe("a call", () => {
  test("returns what the host returns, one after another and from several commands at once", async () => {
    const [one, two] = [await open(), await open()];
    for (const params of [{}, { site: "a.test", list: [1, null, "grüße 👍"] }]) {
      expect(await Promise.all([one.call("echo", params), two.call("echo", params)])).toEqual([
        params,
        params,
      ]);
    }
  });

  test("brings what the host tells, in order, before the result", async () => {
    const told: JsonValue[] = [];
    const result = await (await open()).call("tell", { count: 3 }, { onTell: (event) => told.push(event) });
    expect({ told, result }).toEqual({ told: [{ i: 0 }, { i: 1 }, { i: 2 }], result: "told" });
  });

  test("asks at the command, and goes on with the answers", async () => {
    const asked: string[] = [];
    const result = await (
      await open()
    ).call(
      "ask",
      {},
      {
        onAsk: async (kind, question) => {
          asked.push(`${kind} ${question}`);
          return kind === "confirm" ? false : "maple orbit";
        },
      },
    );
    expect(asked).toEqual(["passphrase passphrase:", "confirm sure?"]);
    expect(result).toEqual({ passphrase: "maple orbit", isSure: false });
  });

  test("fails with the command's own reason when it cannot answer, and the connection stays", async () => {
    const client = await open();
    await expect(client.call("ask", {})).rejects.toThrow(code("LK-CLI-NO-INPUT"));
    const cancel = async (): Promise<never> => {
      throw new VaultError("LK-CLI-CANCELLED", "not now");
    };
    await expect(client.call("ask", {}, { onAsk: cancel })).rejects.toThrow(code("LK-CLI-CANCELLED"));
    expect(await client.call("echo", { a: 1 })).toEqual({ a: 1 });
  });

  test("fails with the host's error", async () => {
    await expect((await open()).call("locked", {})).rejects.toThrow(
      expect.objectContaining({ code: "LK-VAULT-LOCKED", message: "vault is locked" }),
    );
    expect(faults).toEqual([]);
  });

  test("that hits a bug in the host says so without its text, and the host goes on", async () => {
    const client = await open();
    await expect(client.call("bug", {})).rejects.toThrow(
      expect.objectContaining({ code: "LK-UI-BUG", message: "unexpected failure in the other process" }),
    );
    expect(faults).toEqual([new TypeError("the passphrase is hunter2")]);
    expect(await client.call("echo", {})).toEqual({});
  });

  test("whose result or parameters are too large fails, and the connection stays", async () => {
    const client = await open();
    await expect(client.call("large", {})).rejects.toThrow(code("LK-CLI-HOST"));
    await expect(client.call("echo", { a: "x".repeat(2 * 1024 * 1024) })).rejects.toThrow(
      code("LK-CLI-HOST"),
    );
    expect(await client.call("echo", {})).toEqual({});
  });

  test("is aborted in the host when the command goes away", async () => {
    const client = await open();
    const call = client.call("wait", {}).catch((error: VaultError) => error.code);
    client.close();
    expect(await call).toBe("LK-CLI-HOST");
    await until(() => aborted.length === 1);
    expect(aborted).toEqual(["LK-CLI-CANCELLED"]);
  });

  test("is aborted by its signal, with the signal's reason", async () => {
    const timeout = new AbortController();
    const call = (await open()).call("wait", {}, { signal: timeout.signal });
    timeout.abort(new VaultError("LK-CLI-TIMEOUT", "too long"));
    await expect(call).rejects.toThrow(code("LK-CLI-TIMEOUT"));
    await until(() => aborted.length === 1);
  });

  test("fails when the host stops", async () => {
    const call = (await open()).call("wait", {});
    const failed = expect(call).rejects.toThrow(code("LK-CLI-HOST"));
    await server.close();
    await failed;
  });

  test("ends the question that the host no longer waits for", async () => {
    let question: AbortSignal | undefined;
    const client = await open();
    const result = await client.call(
      "impatient",
      {},
      {
        onAsk: (_kind, _question, signal) => {
          question = signal;
          return new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason as VaultError));
          });
        },
      },
    );
    expect(result).toBe("did not wait");
    expect(question?.aborted).toBe(true);
    expect(await client.call("echo", {})).toEqual({});
  });

  test("made while another is under way is refused", async () => {
    const client = await open();
    const first = client.call("echo", { a: 1 });
    await expect(client.call("echo", { a: 2 })).rejects.toThrow(TypeError);
    expect(await first).toEqual({ a: 1 });
  });
});

describe("a client that", () => {
  const hello = encodeFrame({ type: "hello", version: 1 });
  const frame = (message: unknown): Buffer => encodeFrame(message);

  /** Sends bytes as they are; resolves when the host has ended the connection. */
  async function sendRaw(...frames: readonly Uint8Array[]): Promise<unknown[]> {
    const socket: Socket = connect(path);
    const seen: unknown[] = [];
    const parser = createFrameParser((value) => seen.push(value));
    socket.on("data", (bytes: Buffer) => parser.push(bytes)).on("error", () => {});
    for (const bytes of frames) socket.write(bytes);
    await once(socket, "close");
    return seen;
  }

  test.for<[string, readonly Uint8Array[]]>([
    ["sends noise", [new Uint8Array(64).fill(0xee)]],
    ["sends an unknown message", [hello, frame({ type: "shutdown" })]],
    ["calls before it greets", [frame({ type: "call", method: "echo", params: {} })]],
    ["greets twice", [hello, hello]],
    ["answers what nobody asked", [hello, frame({ type: "answer", answer: "x" })]],
    ["refuses what nobody asked", [hello, frame({ type: "refuse", code: "LK-CLI-NO-INPUT", message: "" })]],
    [
      "calls twice at once",
      [
        hello,
        frame({ type: "call", method: "wait", params: {} }),
        frame({ type: "call", method: "echo", params: {} }),
      ],
    ],
    [
      "answers yes to a passphrase",
      [hello, frame({ type: "call", method: "ask", params: {} }), frame({ type: "answer", answer: true })],
    ],
    ["speaks another version", [frame({ type: "hello", version: 2 })]],
  ])("%s loses its connection, and nobody else does", async ([, frames]) => {
    const bystander = await open();
    await sendRaw(...frames);
    expect(await bystander.call("echo", { a: 1 })).toEqual({ a: 1 });
    expect(faults).toEqual([]);
  });

  test("leaves everything unread is given up", async () => {
    const socket = connect(path);
    socket.on("error", () => {});
    socket.write(
      Buffer.concat([hello, frame({ type: "call", method: "tell", params: { count: 1_000_000 } })]),
    );
    socket.pause();
    const bystander = await open();
    expect(await bystander.call("echo", {})).toEqual({});
    socket.resume();
    await once(socket, "close");
  });
});

describe("host and command", () => {
  test("of different versions say so", async () => {
    await expect(connectControl(path, 2)).rejects.toThrow(
      expect.objectContaining({
        code: "LK-CLI-HOST",
        message: "the host speaks control version 1, this command 2",
      }),
    );
  });

  test("are not two hosts: a second one is refused", async () => {
    await expect(serveControl({ path, handle, onFault: () => {} })).rejects.toThrow(code("LK-VAULT-IN-USE"));
    expect(await (await open()).call("echo", {})).toEqual({});
  });

  test("find nobody where no host runs", async () => {
    expect(await connectControl(join(folder, "other.sock"))).toBeNull();
    await server.close();
    expect(await connectControl(path)).toBeNull();
  });
});

describe.runIf(onPosix)("the place of the socket", () => {
  test("is for its owner only", () => {
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o077).toBe(0);
  });

  test("is beside the vault when its folder is the owner's alone", () => {
    expect(path).toBe(join(folder, "vault.sock"));
    symlinkSync(join(folder, "vault"), join(folder, "link"));
    writeFileSync(join(folder, "vault"), "");
    expect(deriveControlPath(join(folder, "link"), {})).toBe(path);
  });

  test.for([
    ["a folder that others can read", () => chmodSync(folder, 0o755), "vault"],
    [
      "a path too long for a socket",
      () => mkdirSync(join(folder, "x".repeat(100)), { mode: 0o700 }),
      `${"x".repeat(100)}/vault`,
    ],
  ] as const)("is a folder of the runtime or the temporary one for %s", ([, make, vault]) => {
    make();
    const runtime = join(folder, "run");
    expect(deriveControlPath(join(folder, vault), { XDG_RUNTIME_DIR: runtime })).toMatch(
      new RegExp(`^${runtime}/latchkey/[0-9a-f]{32}\\.sock$`),
    );
    const other = deriveControlPath(join(folder, vault), {});
    expect(dirname(other)).toBe(join(tmpdir(), `latchkey-${process.getuid?.()}`));
    expect(Buffer.byteLength(other)).toBeLessThanOrEqual(103);
  });

  test("is made for a host and serves", async () => {
    const elsewhere = join(folder, "run", "latchkey", "a.sock");
    const other = await serveControl({ path: elsewhere, handle, onFault: () => {} });
    expect(statSync(dirname(elsewhere)).mode & 0o777).toBe(0o700);
    const client = await connectControl(elsewhere);
    expect(await client?.call("echo", { a: 1 })).toEqual({ a: 1 });
    client?.close();
    await other.close();
    expect(await connectControl(elsewhere)).toBeNull();
  });

  test("is refused by host and command when others may write there", async () => {
    chmodSync(folder, 0o777);
    await expect(connectControl(path)).rejects.toThrow(code("LK-CLI-HOST"));
    await expect(serveControl({ path: join(folder, "b.sock"), handle, onFault: () => {} })).rejects.toThrow(
      code("LK-CLI-HOST"),
    );
    chmodSync(folder, 0o700);
  });

  test("is refused when its folder is a link", async () => {
    symlinkSync(folder, `${folder}-link`);
    await expect(connectControl(join(`${folder}-link`, "vault.sock"))).rejects.toThrow(code("LK-CLI-HOST"));
    rmSync(`${folder}-link`);
  });

  test.for([
    ["a file", (at: string) => writeFileSync(at, "")],
    ["a link to a socket", (at: string) => symlinkSync(path, at)],
  ] as const)("is refused when %s is there", async ([, make]) => {
    const at = join(folder, "odd.sock");
    make(at);
    await expect(connectControl(at)).rejects.toThrow(code("LK-CLI-HOST"));
  });

  test.runIf(process.getuid?.() === 0)("is refused when the socket is another user's", async () => {
    const { chownSync } = await import("node:fs");
    chownSync(path, 12_345, 12_345);
    await expect(connectControl(path)).rejects.toThrow(code("LK-CLI-HOST"));
  });
});

describe("the name of a pipe on Windows", () => {
  test("is drawn at random, and read back", () => {
    const at = join(folder, "vault.control");
    const names = [1, 2].map((byte) => makePipeName((length) => new Uint8Array(length).fill(byte)));
    expect(names).toEqual([
      `\\\\.\\pipe\\latchkey-${"01".repeat(16)}`,
      `\\\\.\\pipe\\latchkey-${"02".repeat(16)}`,
    ]);
    for (const name of names) {
      writePipeName(at, name);
      expect(readPipeName(at)).toBe(name);
    }
  });

  test.for([
    "",
    "\\\\.\\pipe\\other",
    "\\\\.\\pipe\\latchkey-01",
    `\\\\evil\\pipe\\latchkey-${"01".repeat(16)}`,
  ])("is not taken from %j", (content) => {
    const at = join(folder, "vault.control");
    expect(readPipeName(at)).toBeNull();
    writeFileSync(at, content);
    expect(readPipeName(at)).toBeNull();
  });
});
