/** The pipe's rules, in process: order, odd frames, faults, the end of either stream. */
import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { createFrameReader, encodeFrame, type Frame } from "../../src/ctap/frame.ts";
import { type PipeOptions, servePipe } from "../../src/ctap/pipe.ts";

const LIMIT = 65_536;

/** Answers with the request's own bytes behind a zero. */
const echo: PipeOptions["handle"] = async (request) => Uint8Array.of(0, ...request);

function open(handle: PipeOptions["handle"]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const served = servePipe({ input, output, handle });
  const reader = createFrameReader(2 * LIMIT);
  const frames: Frame[] = [];
  const arrived = async (count: number) => {
    while (frames.length < count) {
      const chunk = (output.read() as Buffer | null) ?? null;
      if (chunk === null) await new Promise((resolve) => output.once("readable", resolve));
      else frames.push(...reader.push(chunk));
    }
    return frames;
  };
  return { input, output, served, arrived };
}

describe("the pipe", () => {
  test("answers queued requests in order, one at a time, each exactly once", async () => {
    let atWork = 0;
    const { input, served, arrived } = open(async (request, cancellation) => {
      expect(++atWork).toBe(1);
      // The first takes the longest.
      for (let turn = 5 - (request[0] as number); turn > 0; turn--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      atWork--;
      return echo(request, cancellation);
    });
    for (const byte of [1, 2, 3, 4]) input.write(encodeFrame(Uint8Array.of(byte)));
    expect(await arrived(4)).toEqual([1, 2, 3, 4].map((byte) => Uint8Array.of(0, byte)));
    input.end();
    await served;
  });

  test("answers what needs no waiting, although the input has ended right behind it", async () => {
    const { input, served, arrived } = open(echo);
    for (const byte of [1, 2, 3]) input.write(encodeFrame(Uint8Array.of(byte)));
    input.end();
    await served;
    expect(await arrived(3)).toEqual([1, 2, 3].map((byte) => Uint8Array.of(0, byte)));
  });

  test("answers a frame over the limit with 0x39, skips it and goes on", async () => {
    const { input, served, arrived } = open(async (request) => Uint8Array.of(0, request.length >> 16));
    input.write(encodeFrame(new Uint8Array(LIMIT)));
    input.write(encodeFrame(new Uint8Array(LIMIT + 1)));
    input.write(encodeFrame(new Uint8Array(1)));
    expect(await arrived(3)).toEqual([Uint8Array.of(0, 1), Uint8Array.of(0x39), Uint8Array.of(0, 0)]);
    input.end();
    await served;
  });

  test("answers an empty frame with 0x03, hands nothing on, and goes on", async () => {
    const { input, served, arrived } = open(async (request) => Uint8Array.of(0, request.length));
    input.write(encodeFrame(new Uint8Array()));
    input.end(encodeFrame(Uint8Array.of(4)));
    expect(await arrived(2)).toEqual([Uint8Array.of(0x03), Uint8Array.of(0, 1)]);
    await served;
  });

  test("answers a fault with 0x7f and lives on", async () => {
    const { input, arrived } = open(async (request, cancellation) => {
      if (request[0] === 1) throw new Error("bug");
      return echo(request, cancellation);
    });
    input.write(encodeFrame(Uint8Array.of(1)));
    input.write(encodeFrame(Uint8Array.of(2)));
    expect(await arrived(2)).toEqual([Uint8Array.of(0x7f), Uint8Array.of(0, 2)]);
    input.end();
  });

  test("cancels what waits when the input ends, and starts nothing more", async () => {
    const started: number[] = [];
    const { input, served, arrived } = open(async (request, cancellation: Cancellation) => {
      started.push(request[0] as number);
      await cancellation.whenCancelled;
      return Uint8Array.of(0x2d);
    });
    input.write(encodeFrame(Uint8Array.of(1)));
    input.write(encodeFrame(Uint8Array.of(2)));
    input.end();
    await served;
    expect(await arrived(2)).toEqual([Uint8Array.of(0x2d), Uint8Array.of(0x2d)]);
    expect(started).toEqual([1]);
  });

  test("drops a frame that the input's end cut short", async () => {
    const { input, output, served } = open(echo);
    input.end(Uint8Array.of(0, 0, 0, 9, 1, 2));
    await served;
    expect(output.read()).toBeNull();
  });

  test("ends quietly, letting go of the input, when nobody reads the output", async () => {
    const input = new PassThrough();
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("broken pipe"), { code: "EPIPE" })),
    });
    const served = servePipe({ input, output, handle: echo });
    input.write(encodeFrame(Uint8Array.of(1)));
    await served;
    expect(input.destroyed).toBe(true);
  });

  test("reads no further ahead than it can answer, and loses nothing of a flood", async () => {
    const gate = Promise.withResolvers<void>();
    const { input, arrived } = open(async (request, cancellation) => {
      await gate.promise;
      return echo(request, cancellation);
    });
    const flood = 1000;
    for (let i = 0; i < flood; i++) input.write(encodeFrame(new Uint8Array(1024)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(input.isPaused()).toBe(true);
    gate.resolve();
    expect(await arrived(flood)).toHaveLength(flood);
    input.end();
  });
});
