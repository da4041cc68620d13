/**
 * The client's end of an authenticator behind a pipe (`latchkey ctap`): one frame out, one frame back, in order.
 *
 *   frame = length u32 big-endian | payload        request: command byte | CBOR        response: status byte | CBOR
 */
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";

const LENGTH_BYTES = 4;

/** A request in, its response out. Rejects when the authenticator ends before it answers. */
export type Transact = (request: Uint8Array) => Promise<Uint8Array>;

export interface CtapPipe {
  readonly transact: Transact;
  /** Ends the authenticator's input: it answers what it has and exits. */
  close(): void;
}

/** Speaks to the authenticator over a child process's `stdin` and `stdout`. */
export function createCtapPipe(child: { readonly stdin: Writable; readonly stdout: Readable }): CtapPipe {
  const waiting: { resolve(response: Uint8Array): void; reject(reason: Error): void }[] = [];
  let received = Buffer.alloc(0);
  let ended = false;

  child.stdout.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + received.readUInt32BE();
      if (received.length < end) return;
      waiting.shift()?.resolve(new Uint8Array(received.subarray(LENGTH_BYTES, end)));
      received = received.subarray(end);
    }
  });
  const end = () => {
    ended = true;
    const reason = new Error("authenticator ended without an answer");
    for (const request of waiting.splice(0)) request.reject(reason);
  };
  void finished(child.stdout).then(end, end);
  // A write to a process that is gone fails here too; the requests are rejected above.
  child.stdin.on("error", () => {});

  return {
    transact: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error("authenticator has ended"));
        waiting.push({ resolve, reject });
        const frame = Buffer.alloc(LENGTH_BYTES + request.length);
        frame.writeUInt32BE(request.length);
        frame.set(request, LENGTH_BYTES);
        child.stdin.write(frame);
      }),
    close: () => child.stdin.end(),
  };
}
