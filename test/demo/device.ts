/**
 * One device of the demo: a folder, a vault file, a passphrase, and the real program `latchkey` as child processes. The passphrase goes in
 * through file descriptor 3, a line for each time that the program verifies its person.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createCtapPipe, type Transact } from "./ctap-pipe.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/desktop/bin/latchkey.js", import.meta.url));
/** More verifications than any one command asks for. */
const LINES = 16;

export type Json = Readonly<Record<string, unknown>>;

/** What the program said of a command that failed. */
export class CommandFailure extends Error {
  readonly code: string;

  constructor(command: string, result: Json) {
    super(`latchkey ${command}: ${String(result["code"])}: ${String(result["message"])}`);
    this.code = String(result["code"]);
  }
}

/** A child process whose lines of JSON are read one by one. */
export interface Conversation {
  readonly child: ChildProcess;
  /** The next line of standard output, or `null` at the end. */
  next(): Promise<Json | null>;
  /** Reads lines until one has this event. Throws what the program says when it fails before. */
  until(event: string): Promise<Json>;
  send(line: string): void;
}

export function createDevice(
  folder: string,
  name: string,
  passphrase: string,
  onExit: (child: ChildProcess) => void,
) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const vault = join(folder, "vault.latchkey");
  const environment = {
    ...process.env,
    XDG_RUNTIME_DIR: folder,
    XDG_CACHE_HOME: join(folder, "..", "cache"),
  };

  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, ...args, "--vault", vault, "--passphrase-fd", "3"], {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      env: environment,
    });
    onExit(child);
    (child.stdio[3] as Writable).on("error", () => {}).write(`${passphrase}\n`.repeat(LINES));
    return child;
  }

  function converse(args: readonly string[]): Conversation {
    const child = start([...args, "--json"]);
    const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
    child.stderr?.resume();
    const next = async (): Promise<Json | null> => {
      const { value, done } = await lines.next();
      return done === true ? null : (JSON.parse(value) as Json);
    };
    return {
      child,
      next,
      async until(event) {
        for (;;) {
          const line = await next();
          if (line === null) throw new Error(`latchkey ${args.join(" ")} ended before ${event}`);
          if (line["ok"] === false) throw new CommandFailure(args.join(" "), line);
          if (line["event"] === event) return line;
        }
      },
      send: (line) => void child.stdin?.write(`${line}\n`),
    };
  }

  async function run(input: string, args: readonly string[]): Promise<Json> {
    const child = start([...args, "--json"]);
    child.stdin?.end(input);
    const [output] = await Promise.all([
      text(child.stdout as Readable),
      text(child.stderr as Readable),
      once(child, "exit"),
    ]);
    const last = output.trim().split("\n").at(-1) ?? "";
    const result = JSON.parse(last) as Json;
    if (result["ok"] !== true) throw new CommandFailure(args.join(" "), result);
    return result;
  }

  return {
    name,
    vault,
    passphrase,
    converse,
    /** Runs a command to its end and gives its data. Throws `CommandFailure`. */
    run: (...args: string[]): Promise<Json> => run("", args),
    /** The same, with a line typed that the command asks for. */
    runTyping: (line: string, ...args: string[]): Promise<Json> => run(`${line}\n`, args),
    /** Speaks CTAP2 to the authenticator of this device's vault, for as long as `use` takes. */
    async withAuthenticator<T>(use: (transact: Transact) => Promise<T>): Promise<T> {
      const child = start(["ctap"]);
      const pipe = createCtapPipe({ stdin: child.stdin as Writable, stdout: child.stdout as Readable });
      child.stderr?.resume();
      try {
        return await use(pipe.transact);
      } finally {
        pipe.close();
        await once(child, "exit");
      }
    },
  };
}

export type Device = ReturnType<typeof createDevice>;
