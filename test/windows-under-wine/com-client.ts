/** Drives `client.exe`: lines in, lines of JSON out, each with the number of the command that it answers. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { CeremonyKind } from "@latchkey/windows-provider/com/ceremony";
import { TOOLS } from "./tools.ts";
import type { Wine } from "./wine.ts";

export interface ClientResult {
  /** Signed; compare with `HRESULT`. */
  readonly hr: number;
  /** How long the call took in the client, milliseconds. */
  readonly ms: number;
}

export interface SentRequest {
  /** 16 bytes. */
  readonly transactionId: Uint8Array;
  readonly window?: number;
  readonly type?: number;
  readonly signature?: Uint8Array;
  /** `null`: the whole request is NULL. */
  readonly encoded: Uint8Array | null;
}

export interface CeremonyResult extends ClientResult {
  readonly response: Uint8Array;
}

export interface ComClient {
  create(name: string): Promise<ClientResult>;
  ceremony(name: string, kind: CeremonyKind, request: SentRequest): Promise<CeremonyResult>;
  cancel(name: string, transactionId: Uint8Array): Promise<ClientResult>;
  /** `status` as Windows reads it: 0 locked, 1 unlocked. */
  lockStatus(name: string): Promise<ClientResult & { readonly status: number }>;
  release(name: string): Promise<ClientResult>;
  /** Handles and working set of a process. */
  usage(pid: number): Promise<{ readonly handles: number; readonly bytes: number }>;
  /** Ends another process at once, as a crash would. */
  terminate(pid: number): Promise<ClientResult>;
  /** Kills it, whatever it is in. */
  kill(): Promise<void>;
}

const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? "-" : Buffer.from(bytes).toString("hex"));

export function startComClient(wine: Pick<Wine, "native" | "env">, clsid: string): ComClient {
  const child: ChildProcess = spawn(TOOLS.wine, [wine.native.client, `{${clsid}}`], {
    env: wine.env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<number, (result: unknown) => void>();
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  let next = 1;

  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const { id, ...result } = JSON.parse(line) as { id: number };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });

  function send(...words: readonly (string | number)[]): Promise<unknown> {
    const id = next++;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(id, resolve);
    child.stdin?.write(`${[id, ...words].join(" ")}\n`);
    return promise;
  }

  return {
    create: (name) => send("create", name) as Promise<ClientResult>,
    async ceremony(
      name,
      kind,
      { transactionId, window = 4711, type = 1, signature = new Uint8Array(), encoded },
    ) {
      const verb = kind === "make-credential" ? "make" : "get";
      const bytes = encoded === null ? "null" : hex(encoded);
      const result = (await send(verb, name, hex(transactionId), window, type, hex(signature), bytes)) as {
        hr: number;
        ms: number;
        response: string;
      };
      return { ...result, response: new Uint8Array(Buffer.from(result.response, "hex")) };
    },
    cancel: (name, transactionId) => send("cancel", name, hex(transactionId)) as Promise<ClientResult>,
    lockStatus: (name) => send("lock", name) as Promise<ClientResult & { status: number }>,
    release: (name) => send("release", name) as Promise<ClientResult>,
    usage: (pid) => send("usage", pid) as Promise<{ handles: number; bytes: number }>,
    terminate: (pid) => send("terminate", pid) as Promise<ClientResult>,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
