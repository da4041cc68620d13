/** What `change` and `reissue` entries carry: read as it was written, and refused in any other form. */
import { describe, expect, test } from "vitest";
import type { CborValue } from "../../src/cbor/codec.ts";
import {
  decodeChangePayload,
  decodeReissuePayload,
  encodeChangePayload,
  encodeReissuePayload,
} from "../../src/log/change.ts";
import { createSeededRandom } from "../seeded-random.ts";

const random = createSeededRandom(9);
const operation = (number: number) => ({ device: random(32), session: random(8), number });
const change = (length = 40) => ({ hash: random(32), bytes: random(length) });
const malformed = expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }) as Error;

test("changes are read as they were written", () => {
  for (const count of [0, 1, 512]) {
    const changes = Array.from({ length: count }, (_, i) => ({ operation: operation(i + 1), ...change() }));
    const payload = { session: random(8), changes };
    expect(decodeChangePayload(encodeChangePayload(payload))).toEqual(payload);
  }
});

test("operations that are issued again are read as they were written, also those that change nothing", () => {
  const operations = [0, 1, 2].map((count) => ({
    operation: operation(count + 1),
    time: 70 + count,
    changes: Array.from({ length: count }, () => change()),
  }));
  expect(decodeReissuePayload(encodeReissuePayload(operations))).toEqual(operations);
});

const signed = (bytes: Uint8Array): CborValue => [[random(32), random(8), 1], random(32), bytes];
const issued = (...changes: readonly CborValue[]): CborValue => [[random(32), random(8), 1], 70, changes];

describe("refused is", () => {
  test.for<[what: string, decode: (payload: CborValue) => unknown, payload: CborValue]>([
    ["a change without bytes", decodeChangePayload, [random(8), [signed(new Uint8Array())]]],
    ["a change larger than an entry", decodeChangePayload, [random(8), [signed(random(65_537))]]],
    [
      "more changes than an entry holds",
      decodeChangePayload,
      [random(8), Array.from({ length: 513 }, () => signed(random(1)))],
    ],
    ["a session of another length", decodeChangePayload, [random(9), []]],
    ["a change issued again without bytes", decodeReissuePayload, [issued([random(32), new Uint8Array()])]],
    [
      "a change issued again that is larger than an entry",
      decodeReissuePayload,
      [issued([random(32), random(65_537)])],
    ],
    [
      "more operations than an entry holds",
      decodeReissuePayload,
      Array.from({ length: 513 }, () => issued()),
    ],
    ["a list that is none", decodeReissuePayload, 1],
  ])("%s", ([, decode, payload]) => {
    expect(() => decode(payload)).toThrow(malformed);
  });
});
