/** How long a fresh process takes: to its end, or to its answer to one CTAP request. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import type { Writable } from "node:stream";
import { createFrameReader, encodeFrame } from "@latchkey/desktop/ctap/frame";

const MAX_RESPONSE_BYTES = 65_536;
/** Far beyond what any run takes. */
const TIMEOUT_MS = 60_000;

/** From the spawn to the exit. */
export async function timeToExit(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: "ignore", timeout: TIMEOUT_MS });
  await once(child, "exit");
  return performance.now() - start;
}

export interface SignInProcess {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What it finds on descriptor 3. */
  readonly secret: Uint8Array;
  readonly request: Uint8Array;
  readonly check: (response: Uint8Array) => void;
}

/** From the spawn to the last byte of the answer on its stdout. Then the process is let go, and has ended when this resolves. */
export async function timeToAnswer({ args, env, secret, request, check }: SignInProcess): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
    env: { ...process.env, ...env },
    timeout: TIMEOUT_MS,
  });
  const exited = once(child, "exit");
  const [stdin, stdout, , secrets] = child.stdio as unknown as [
    Writable,
    NodeJS.ReadableStream,
    null,
    Writable,
  ];
  secrets.end(secret);
  stdin.write(encodeFrame(request));
  const answered = Promise.withResolvers<Uint8Array>();
  const reader = createFrameReader(MAX_RESPONSE_BYTES);
  let end = start;
  stdout.on("data", (chunk: Uint8Array) => {
    for (const frame of reader.push(chunk)) {
      end = performance.now();
      answered.resolve(frame as Uint8Array);
    }
  });
  child.on("exit", () => answered.reject(new Error(`${args.join(" ")} ended without an answer`)));
  check(await answered.promise);
  stdin.end();
  await exited;
  return end - start;
}
