/**
 * The bytes of a file descriptor, one at a time. On a pipe or a socket a read may wait for ever: there it is done by a stream, because a
 * plain read that waits would keep the process from ending, whatever its person or `--timeout` say.
 */
import { once } from "node:events";
import { fstatSync, readSync } from "node:fs";
import type { Readable } from "node:stream";

/** Kept for the length of the process: what a stream has read ahead belongs to whoever reads the descriptor next. */
const streams = new Map<number, Readable>();

/** The next byte, or `null` at the end. Throws the system's error for a descriptor that cannot be read, or the reason of `signal`. */
export async function readByte(fd: number, signal: AbortSignal): Promise<number | null> {
  signal.throwIfAborted();
  const stat = fstatSync(fd);
  if (stat.isFIFO() || stat.isSocket()) return readFromStream(await openStream(fd), signal);
  const byte = Buffer.alloc(1);
  return readSync(fd, byte, 0, 1, null) === 0 ? null : (byte[0] as number);
}

async function openStream(fd: number): Promise<Readable> {
  const known = streams.get(fd);
  if (known !== undefined) return known;
  const { Socket } = await import("node:net");
  // Of standard input there is one stream for the whole process.
  const stream = fd === 0 ? process.stdin : new Socket({ fd, readable: true, writable: false });
  // Told to whoever reads.
  stream.on("error", () => {});
  streams.set(fd, stream);
  return stream;
}

async function readFromStream(stream: Readable, signal: AbortSignal): Promise<number | null> {
  for (;;) {
    const byte = stream.read(1) as Buffer | null;
    if (byte !== null) return byte[0] as number;
    if (stream.errored) throw stream.errored;
    if (stream.readableEnded || stream.destroyed) return null;
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    try {
      await Promise.race(
        ["readable", "end", "close"].map((event) => once(stream, event, { signal: either })),
      );
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      waiting.abort();
    }
  }
}
