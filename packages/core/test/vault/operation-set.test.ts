/** Sets of operation ids: what goes in is in, and the bytes are the same whatever the order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fields } from "../../src/cbor/fields.ts";
import type { CborValue } from "../../src/cbor/codec.ts";
import { OperationSet, readOperationSet } from "../../src/vault/operation-set.ts";
import { bytesOf } from "./samples.ts";

const idOf = (session: number, number: number) => ({
  device: bytesOf(session % 2, 32),
  session: bytesOf(session, 8),
  number,
});
const read = (value: CborValue): OperationSet => readOperationSet(new Fields([value], "set", 1));

describe("a set of operations", () => {
  test("has what was put in, in any order, and is read back as it was written", () => {
    const ids = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 12 })));
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat()), (pairs, keys) => {
        const set = new OperationSet().with(pairs.map(([session, number]) => idOf(session, number)));
        const shuffled = pairs
          .map((pair) => ({ pair, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ pair: [session, number] }) => idOf(session, number));
        const again = shuffled.reduce((all, id) => all.with([id]), new OperationSet());
        expect(again.encode()).toEqual(set.encode());
        const back = read(set.encode());
        for (let session = 0; session <= 3; session++) {
          for (let number = 1; number <= 12; number++) {
            const isIn = pairs.some((pair) => pair[0] === session && pair[1] === number);
            expect(back.has(idOf(session, number))).toBe(isIn);
          }
        }
      }),
    );
  });

  test("keeps a whole session in one range", () => {
    const ids = Array.from({ length: 100 }, (_, i) => idOf(1, i + 1));
    const set = new OperationSet().with(ids.toReversed());
    expect(set.encode()).toEqual([[bytesOf(1, 32), bytesOf(1, 8), [[1, 100]]]]);
  });

  test.for<[string, CborValue]>([
    [
      "ranges that touch",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      "ranges that overlap",
      [
        [1, 5],
        [3, 9],
      ],
    ],
    [
      "ranges that fall",
      [
        [5, 6],
        [1, 2],
      ],
    ],
    ["a range that ends before it begins", [[4, 2]]],
  ])("with %s is refused", ([, ranges]) => {
    expect(() => read([[bytesOf(1, 32), bytesOf(1, 8), ranges]])).toThrow(
      expect.objectContaining({ code: "LK-CBOR-INVALID" }),
    );
  });
});
