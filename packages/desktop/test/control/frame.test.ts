/** Frames of the control socket, whatever pieces they come in and whatever bytes they are. */
import fc from "fast-check";
import { isVaultError } from "@latchkey/core/errors";
import { describe, expect, test } from "vitest";
import { createFrameParser, encodeFrame, MAX_FRAME_BYTES } from "../../src/control/frame.ts";
import { readCommandMessage, readHostMessage } from "../../src/control/message.ts";

const runs = process.env["SLOW"] ? 20_000 : 500;

/** Cuts `bytes` at the given fractions. */
function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...at.map((fraction) => Math.floor(fraction * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  );
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

describe("frames", () => {
  test("come out as they went in, in whatever pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fractions, (values, at) => {
        const seen: unknown[] = [];
        const parser = createFrameParser((value) => seen.push(value));
        for (const piece of cut(Buffer.concat(values.map((value) => encodeFrame(value))), at))
          parser.push(piece);
        expect(JSON.stringify(seen)).toBe(JSON.stringify(values));
      }),
      { numRuns: runs },
    );
  });

  test("of any bytes are values, nothing yet, or one code; the same for whatever pieces", () => {
    const read = (pieces: readonly Uint8Array[]): unknown[] => {
      const seen: unknown[] = [];
      const parser = createFrameParser((value) => seen.push(value));
      try {
        for (const piece of pieces) parser.push(piece);
      } catch (error) {
        if (!isVaultError(error, "LK-CLI-HOST")) throw error;
        seen.push("refused");
      }
      return seen;
    };
    // Small lengths, so that bodies are reached.
    const anyFrame = fc
      .tuple(
        fc.integer({ min: 0, max: 12 }),
        fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
      )
      .map(([length, body]) => Buffer.concat([Buffer.from([0, 0, 0, length]), body]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), anyFrame), fractions, (bytes, at) => {
        expect(read(cut(bytes, at))).toEqual(read([bytes]));
      }),
      { numRuns: runs },
    );
  });

  test.for([
    ["no bytes", [0, 0, 0, 0]],
    ["one byte over the limit", [0, 0x10, 0, 1]],
    ["4 GiB", [0xff, 0xff, 0xff, 0xff]],
    ["what is not JSON", [0, 0, 0, 1, 0x7b]],
    ["what is not UTF-8", [0, 0, 0, 3, 0x22, 0xff, 0x22]],
    ["a byte order mark", [0, 0, 0, 4, 0xef, 0xbb, 0xbf, 0x31]],
  ] as const)("of %s are refused", ([, bytes]) => {
    expect(() => createFrameParser(() => {}).push(new Uint8Array(bytes))).toThrow(
      expect.objectContaining({ code: "LK-CLI-HOST" }),
    );
  });

  test("take a value up to the limit", () => {
    const text = "x".repeat(MAX_FRAME_BYTES - 2);
    const seen: unknown[] = [];
    createFrameParser((value) => seen.push(value)).push(encodeFrame(text));
    expect(seen).toEqual([text]);
    expect(() => encodeFrame(`${text}x`)).toThrow(expect.objectContaining({ code: "LK-CLI-HOST" }));
  });
});

describe("messages", () => {
  const goodOfCommand = [
    { type: "hello", version: 1 },
    { type: "call", method: "passkey-list", params: { site: "a.test" } },
    { type: "answer", answer: "482913" },
    { type: "answer", answer: true },
    { type: "refuse", code: "LK-CLI-NO-INPUT", message: "nobody" },
  ];
  const goodOfHost = [
    { type: "hello", version: 1 },
    { type: "tell", event: null },
    { type: "ask", kind: "passphrase", question: "passphrase:" },
    { type: "result", value: [1] },
    { type: "error", code: "LK-VAULT-LOCKED", message: "locked" },
  ];

  test("are read as they are", () => {
    expect(goodOfCommand.map(readCommandMessage)).toEqual(goodOfCommand);
    expect(goodOfHost.map(readHostMessage)).toEqual(goodOfHost);
  });

  /** Each message with one field gone, one too many, one of another type. */
  const spoil = (message: Record<string, unknown>): unknown[] => [
    ...Object.keys(message).map((name) =>
      Object.fromEntries(Object.entries(message).filter(([key]) => key !== name)),
    ),
    { ...message, extra: 1 },
    ...Object.keys(message)
      .filter((name) => name !== "value" && name !== "event")
      .map((name) => ({ ...message, [name]: [] })),
  ];
  const others: unknown[] = [
    null,
    [],
    "hello",
    1,
    {},
    { type: "constructor" },
    { type: "hello", version: 0 },
    { type: "hello", version: 1.5 },
    { type: "call", method: "", params: {} },
    { type: "call", method: "x".repeat(65), params: {} },
    { type: "call", method: "x", params: null },
    { type: "answer", answer: "x".repeat(90_001) },
    { type: "answer", answer: 482_913 },
    { type: "ask", kind: "secret", question: "?" },
  ];

  test.for(
    [...goodOfCommand.flatMap(spoil), ...goodOfHost, ...others].filter((one) => !isGood(one, goodOfCommand)),
  )("from a command are refused as %j", (value) => {
    expect(() => readCommandMessage(value)).toThrow(expect.objectContaining({ code: "LK-CLI-HOST" }));
  });

  test.for(
    [...goodOfHost.flatMap(spoil), ...goodOfCommand, ...others].filter((one) => !isGood(one, goodOfHost)),
  )("from a host are refused as %j", (value) => {
    expect(() => readHostMessage(value)).toThrow(expect.objectContaining({ code: "LK-CLI-HOST" }));
  });

  test("keep the name of a code that is not known here", () => {
    expect(readHostMessage({ type: "error", code: "LK-NEW-THING", message: "m" })).toEqual({
      type: "error",
      code: "LK-CLI-HOST",
      message: "LK-NEW-THING: m",
    });
  });
});

const isGood = (value: unknown, good: readonly unknown[]): boolean =>
  good.some((each) => JSON.stringify(each) === JSON.stringify(value));
