/**
 * The real program for tests of commands: as a child process where processes matter, else `main` in this process. Each home is a folder of
 * its own with a vault whose passphrase costs little; passphrases come through a file descriptor.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { main } from "../../src/cli/main.ts";
import { createFrameReader, encodeFrame } from "../../src/ctap/frame.ts";
import { createCtapSession } from "../../src/host/ctap-session.ts";
import type { VaultHost } from "../../src/host/vault-host.ts";
import { foundHost, withPassphrase } from "../host/hosts.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/latchkey.js");
export const PASSPHRASE = "correct horse";

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Json = Readonly<Record<string, unknown>>;

export const jsonOf = ({ stdout }: Ended): Json => JSON.parse(stdout) as Json;

export class Home {
  readonly path = mkdtempSync(join(tmpdir(), "latchkey-home-"));
  readonly #children = new Set<ChildProcess>();
  readonly #prefix: readonly string[];

  /** `prefix`: what starts the program, as `ip netns exec <name>`. */
  constructor(prefix: readonly string[] = []) {
    this.#prefix = prefix;
  }

  get vault(): string {
    return join(this.path, "latchkey", "vault.latchkey");
  }

  get env(): Readonly<Record<string, string | undefined>> {
    return {
      PATH: process.env["PATH"],
      SystemRoot: process.env["SystemRoot"],
      HOME: this.path,
      XDG_DATA_HOME: this.path,
      XDG_RUNTIME_DIR: this.path,
      XDG_CACHE_HOME: join(tmpdir(), "latchkey-test-cache"),
      LOCALAPPDATA: this.path,
    };
  }

  /** A vault made at a low cost, closed again. */
  async found(fill: (host: VaultHost) => Promise<void> = async () => {}, relays: readonly string[] = []) {
    const host = await foundHost(this.vault, "Desk", relays);
    try {
      await fill(host);
    } finally {
      await host.close();
    }
  }

  /** Runs `main` here. `lines`: what `--passphrase-fd` reads; without them the option is not given. */
  async run(args: readonly string[], lines: readonly string[] = []): Promise<Ended> {
    const written = { stdout: "", stderr: "" };
    const sink = (name: keyof typeof written) => ({ write: (part: string) => (written[name] += part) });
    const file = join(this.path, "lines");
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    const fd = openSync(file, "r");
    try {
      const exit = await main({
        args: lines.length === 0 ? args : [...args, "--passphrase-fd", String(fd)],
        env: this.env,
        stdout: sink("stdout"),
        stderr: sink("stderr"),
        interruption: new AbortController().signal,
      });
      return { exit, ...written };
    } finally {
      closeSync(fd);
    }
  }

  /** `run` with the vault's passphrase, once. */
  open(...args: readonly string[]): Promise<Ended> {
    return this.run(args, [PASSPHRASE]);
  }

  /** Starts the program. `lines` go to file descriptor 3, named by `--passphrase-fd`; "silence": nothing does, and it stays open. */
  start(
    args: readonly string[],
    lines: readonly string[] | "silence" = [],
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const options = lines.length === 0 ? [] : ["--passphrase-fd", "3"];
    // In a session of its own there is no terminal to ask at.
    const command = [...this.#prefix, process.execPath];
    const [starter = process.execPath, ...before] = command;
    const child = spawn(starter, [...before, PROGRAM, ...args, ...options], {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      env: { ...this.env, ...env },
      detached: true,
    });
    child.stdin?.on("error", () => {});
    const passphrases = (child.stdio[3] as Writable).on("error", () => {});
    if (lines !== "silence") passphrases.end(lines.map((line) => `${line}\n`).join(""));
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** Starts the program and waits for its end. */
  async spawn(args: readonly string[], lines: readonly string[] = [], stdin = ""): Promise<Ended> {
    const child = this.start(args, lines);
    child.stdin?.end(stdin);
    return finish(child);
  }

  /** Ends what was started and still runs. */
  stop(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }

  remove(): void {
    this.stop();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What a started program writes until it ends. */
export async function finish(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { exit, stdout, stderr };
}

/** Reads a program's lines of JSON until one fits; throws the last one at the end of its output. */
export function createLineReader(child: ChildProcess): (fits: (line: Json) => boolean) => Promise<Json> {
  const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  let talk = "";
  child.stderr?.on("data", (chunk: Buffer) => (talk += chunk.toString()));
  return async (fits) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`no line fits: ${talk}`);
      const line = JSON.parse(value) as Json;
      if (fits(line)) return line;
    }
  };
}

/**
 * A CTAP2 client of `latchkey ctap`: sends one request when the one before is answered, then ends the input. The status of each response;
 * throws unless the program ended with 0.
 */
export async function converse(child: ChildProcess, requests: readonly Uint8Array[]): Promise<number[]> {
  const statuses: number[] = [];
  const reader = createFrameReader(65_536);
  const left = [...requests];
  const sendNext = (): void => {
    const request = left.shift();
    if (request === undefined) child.stdin?.end();
    else child.stdin?.write(encodeFrame(request));
  };
  (child.stdout as Readable).on("data", (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) {
      statuses.push(frame === "too large" ? -1 : (frame[0] ?? -1));
      sendNext();
    }
  });
  sendNext();
  const talk = text(child.stderr as Readable);
  const [exit] = (await once(child, "close")) as [number | null];
  if (exit !== 0) throw new Error(`ended with ${exit}: ${await talk}`);
  return statuses;
}

/** Registers a passkey in an open or locked host, as a browser would. */
export async function register(host: VaultHost, rpId: string, user: string): Promise<void> {
  const fail = (fault: unknown) => {
    throw fault;
  };
  const session = createCtapSession(host, withPassphrase(PASSPHRASE), fail);
  const [status] = await session.handle(makeCredential(rpId, user), NEVER_CANCELLED);
  if (status !== 0) throw new Error(`status ${status}`);
}

type CborMap = Parameters<typeof encodeCbor>[0];
const mapOf = (...entries: readonly (readonly [number | string, unknown])[]): CborMap =>
  new Map(entries as never) as CborMap;

export function makeCredential(rpId: string, user: string): Uint8Array {
  const parameters = mapOf(
    [1, new Uint8Array(32).fill(1)],
    [2, mapOf(["id", rpId])],
    [3, mapOf(["id", new TextEncoder().encode(user)], ["name", user])],
    [4, [mapOf(["alg", -7], ["type", "public-key"])]],
    [7, mapOf(["rk", true])],
  );
  return Uint8Array.of(0x01, ...encodeCbor(parameters));
}

export const getAssertion = (rpId: string): Uint8Array =>
  Uint8Array.of(0x02, ...encodeCbor(mapOf([1, rpId], [2, new Uint8Array(32)])));
