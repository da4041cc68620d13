/** Several ways to one key: each is found by its kind, none locks the others out, and damage is never taken for a way. */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { describe, expect, test } from "vitest";
import { addWay, findWay, removeWay, takeWay } from "../../src/key-protection/ways.ts";

const way = (kind: string, content = 1): Uint8Array => encodeCbor([1, kind, content]);
const both = addWay(way("argon2id"), way("hello"));

describe("ways to a key", () => {
  test("are found by their kind, alone and among others", () => {
    expect(findWay(way("argon2id"), "argon2id")).toEqual(way("argon2id"));
    expect(findWay(both, "hello")).toEqual(way("hello"));
    expect(takeWay(both, "argon2id")).toEqual(way("argon2id"));
    expect(findWay(both, "other")).toBeNull();
    expect(() => takeWay(both, "other")).toThrow(/no way of the kind other/);
  });

  test("of one kind replace one another, and the order of the others stays", () => {
    const again = addWay(both, way("hello", 2));
    expect(findWay(again, "hello")).toEqual(way("hello", 2));
    expect(findWay(again, "argon2id")).toEqual(way("argon2id"));
  });

  test("are taken away one by one, the last never", () => {
    expect(removeWay(both, "hello")).toEqual(way("argon2id"));
    expect(() => removeWay(way("argon2id"), "argon2id")).toThrow(/no other way/);
  });

  test.for([
    ["nothing", new Uint8Array()],
    ["no array", encodeCbor(1)],
    ["no kind", encodeCbor([1, 2])],
    ["another version", encodeCbor([2, "ways", [way("a")]])],
    ["ways in ways", encodeCbor([1, "ways", [both]])],
    ["a kind twice", encodeCbor([1, "ways", [way("a"), way("a", 2)]])],
    ["too many", encodeCbor([1, "ways", Array.from({ length: 9 }, (_, i) => way(`k${i}`))])],
    ["one more field", encodeCbor([1, "ways", [way("a")], 0])],
  ] as const)("are refused when they are %s", ([, record]) => {
    expect(() => findWay(record, "a")).toThrow(expect.objectContaining({ code: "LK-KEY-DAMAGED" }));
  });

  test("are refused with any byte flipped or cut, or are other ways", () => {
    for (let i = 0; i < both.length; i++) {
      for (const spoiled of [both.with(i, (both[i] as number) ^ 0x80), both.slice(0, i)]) {
        let found: Uint8Array | null = null;
        try {
          found = findWay(spoiled, "hello");
        } catch (error) {
          expect(error).toMatchObject({ code: "LK-KEY-DAMAGED" });
        }
        if (found !== null) expect(findWay(found, "hello")).toEqual(found);
      }
    }
  });
});
