/** Structures of the protocol: every field is of its type and within its bounds, or the structure and the field are named. */
import { describe, expect, test } from "vitest";
import type { CborValue } from "../src/cbor/codec.ts";
import { encodeCbor } from "../src/cbor/codec.ts";
import { Fields, readStructure, readValue } from "../src/cbor/fields.ts";
import { isVaultError, VaultError } from "../src/errors.ts";

const of = (value: CborValue) => new Fields([value], "thing", 1);

/** The refusal's words. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isVaultError(error, "LK-CBOR-INVALID")) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("fields", () => {
  test("are as many as the structure has, in order", () => {
    const fields = new Fields([1, "two", true, null, [3]], "thing", 5);
    expect(fields.uint("one")).toBe(1);
    expect(fields.text("two", 3)).toBe("two");
    expect(fields.boolean("three")).toBe(true);
    expect(fields.optional((f) => f.uint("four"))).toBeNull();
    expect(fields.list("five", 1, (item) => item)).toEqual([3]);
  });

  test("that are there are read although they may be missing", () => {
    const fields = new Fields([7, 8], "thing", 2);
    expect(fields.optional((f) => f.uint("first"))).toBe(7);
    expect(fields.value()).toBe(8);
  });

  test.for<[string, CborValue]>([
    ["too few", [1]],
    ["too many", [1, 2, 3]],
    ["none", []],
    ["a map", new Map([[1, 2]])],
    ["bytes of that length", new Uint8Array(2)],
    ["text of that length", "ab"],
  ])("are refused when they are %s", ([, value]) => {
    expect(refusalOf(() => new Fields(value, "thing", 2))).toBe("thing is not an array of 2");
  });

  test.for([0, 1, 9, 10])("an integer within its bound is read: %i", (value) => {
    expect(of(value).uint("count", 10)).toBe(value);
  });

  test("an integer without a bound may be as large as any", () => {
    expect(of(2 ** 53 - 2).uint("count")).toBe(2 ** 53 - 2);
    expect(refusalOf(() => of(2 ** 53 - 1).uint("count"))).toContain("up to 9007199254740990");
  });

  test.for<CborValue>([11, -1, "1", null, true, [1]])("no integer up to 10: %j", (value) => {
    expect(refusalOf(() => of(value).uint("count", 10))).toBe(
      "thing: count is not an unsigned integer up to 10",
    );
  });

  test.for([2, 3, 4])("%i bytes are 2 to 4 bytes", (length) => {
    expect(of(new Uint8Array(length)).bytes("key", { min: 2, max: 4 })).toHaveLength(length);
  });

  test.for<CborValue>([new Uint8Array(1), new Uint8Array(5), "abc", null])("no 2 to 4 bytes: %j", (value) => {
    expect(refusalOf(() => of(value).bytes("key", { min: 2, max: 4 }))).toBe(
      "thing: key is not 2 to 4 bytes",
    );
  });

  test.for<CborValue>([new Uint8Array(2), new Uint8Array(4), "abc"])("no 3 bytes: %j", (value) => {
    expect(of(new Uint8Array(3)).bytes("key", 3)).toHaveLength(3);
    expect(refusalOf(() => of(value).bytes("key", 3))).toBe("thing: key is not 3 bytes");
  });

  test.for<CborValue>(["abcd", 3, null, new Uint8Array(1)])("no text of at most 3: %j", (value) => {
    expect(of("abc").text("name", 3)).toBe("abc");
    expect(refusalOf(() => of(value).text("name", 3))).toBe("thing: name is not text of at most 3");
  });

  test.for<CborValue>([0, 1, null, "true"])("neither true nor false: %j", (value) => {
    expect(of(false).boolean("flag")).toBe(false);
    expect(refusalOf(() => of(value).boolean("flag"))).toBe("thing: flag is not true or false");
  });

  test.for<CborValue>([[1, 2, 3], "ab", null, new Map()])("no array of at most 2: %j", (value) => {
    expect(of([1, 2]).list("items", 2, (item) => item)).toEqual([1, 2]);
    expect(refusalOf(() => of(value).list("items", 2, (item) => item))).toBe(
      "thing: items is not an array of at most 2",
    );
  });
});

describe("a structure that is malformed", () => {
  const read = (value: CborValue) => new Fields(value, "thing", 1).uint("count");

  test("comes out as the code of its place, with its own words and cause", () => {
    const damaged = expect.objectContaining({
      code: "LK-VAULT-DAMAGED",
      message: "thing: count is not an unsigned integer up to 9007199254740990",
      cause: expect.objectContaining({ code: "LK-CBOR-INVALID" }) as unknown,
    }) as Error;
    expect(() => readStructure("LK-VAULT-DAMAGED", encodeCbor(["x"]), read)).toThrow(damaged);
    expect(readStructure("LK-VAULT-DAMAGED", encodeCbor([4]), read)).toBe(4);
  });

  test("is one that is not canonical, too", () => {
    expect(() => readStructure("LK-VAULT-DAMAGED", Uint8Array.of(0x81, 0x18, 0x01), read)).toThrow(
      expect.objectContaining({ code: "LK-VAULT-DAMAGED" }),
    );
  });

  test("passes other failures on as they are", () => {
    const locked = new VaultError("LK-VAULT-LOCKED", "test");
    const fail = () => {
      throw locked;
    };
    expect(() => readValue("LK-VAULT-DAMAGED", fail)).toThrow(locked);
  });
});
