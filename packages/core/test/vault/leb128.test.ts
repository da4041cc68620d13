/** LEB128 numbers: one number, one encoding. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Leb128Reader } from "../../src/vault/leb128.ts";
import { uleb } from "./forge.ts";

const read = (...bytes: readonly number[]) =>
  new Leb128Reader("sample", "LK-ENTRY-CHANGE", Uint8Array.from(bytes));

describe("a LEB128 reader", () => {
  test("reads every number up to 2^53", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger().map(Math.abs), (value) => read(...uleb(value)).uint() === value),
    );
  });

  test.for<[value: number, bytes: readonly number[]]>([
    [2, [0x02]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [64, [0xc0, 0x00]],
    [-65, [0xbf, 0x7f]],
    [-12345, [0xc7, 0x9f, 0x7f]],
  ])("reads %d as a signed number", ([value, bytes]) => {
    expect(read(...bytes).int()).toBe(value);
  });

  test.for<[what: string, bytes: readonly number[]]>([
    ["nothing", []],
    ["an unfinished number", [0x80]],
    ["a number in long form", [0x80, 0x00]],
    ["a number over 2^53", uleb(2 ** 53)],
    ["a number without end", Array.from({ length: 20 }, () => 0x80)],
  ])("refuses %s", ([, bytes]) => {
    expect(() => read(...bytes).uint()).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-CHANGE" }) as Error,
    );
  });

  test("refuses to pass the end, or a bound", () => {
    const refusal = expect.objectContaining({ code: "LK-ENTRY-CHANGE" }) as Error;
    expect(() => read(1, 2).skip(3)).toThrow(refusal);
    expect(() => read(1, 2).take(3)).toThrow(refusal);
    expect(() => read(5).uint(4)).toThrow(refusal);
  });
});
