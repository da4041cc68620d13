/** Canonical CBOR: own vectors, and the property that accepted bytes are exactly what we would write. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CborValue, decodeCbor, decodeCborSequence, encodeCbor } from "../src/cbor/codec.ts";
import { decodeHex, encodeHex } from "../src/bytes/text.ts";
import { isVaultError } from "../src/errors.ts";
import vectors from "./vectors/authenticator.json" with { type: "json" };

const runs = process.env["SLOW"] ? 20_000 : 300;
const key = fc.oneof(fc.integer(), fc.string({ unit: "grapheme", maxLength: 8 }));
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger().map((n) => Math.trunc(n / 2) + 0),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));

describe("canonical CBOR", () => {
  test.for(vectors.cbor.canonical)("reads and rewrites $name", ({ hex }) => {
    expect(encodeHex(encodeCbor(decodeCbor(decodeHex(hex) as Uint8Array)))).toBe(hex);
  });

  test.for(vectors.cbor.mustReject)("refuses $name", ({ hex }) => {
    expect(() => decodeCbor(decodeHex(hex) as Uint8Array)).toThrow(
      expect.objectContaining({ code: "LK-CBOR-INVALID" }),
    );
  });

  test("brings back every value it writes", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeCbor(value);
        expect(encodeCbor(decodeCbor(bytes))).toEqual(bytes);
      }),
      { numRuns: runs },
    );
  });

  test("answers any bytes with a value that rewrites to them, or one code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(encodeCbor(decodeCbor(bytes))).toEqual(bytes);
        } catch (error) {
          if (!isVaultError(error, "LK-CBOR-INVALID")) throw error;
        }
      }),
      { numRuns: runs * 10 },
    );
  });

  test.for([
    ["1b001ffffffffffffe", 2 ** 53 - 2],
    ["3b001ffffffffffffd", -(2 ** 53) + 2],
  ] as const)("reads the largest integers: %s", ([hex, value]) => {
    expect(decodeCbor(decodeHex(hex) as Uint8Array)).toBe(value);
    expect(encodeHex(encodeCbor(value))).toBe(hex);
  });

  test.for(["1b001fffffffffffff", "3b001ffffffffffffe", "3b001fffffffffffff"])(
    "refuses %s, an integer beyond them",
    (hex) => {
      expect(() => decodeCbor(decodeHex(hex) as Uint8Array)).toThrow(
        expect.objectContaining({ code: "LK-CBOR-INVALID" }),
      );
    },
  );

  test.for([
    [2 ** 32 - 1, "1affffffff"],
    [2 ** 32, "1b0000000100000000"],
    [-(2 ** 32), "3affffffff"],
    [-(2 ** 32) - 1, "3b0000000100000000"],
    [-0, "00"],
  ] as const)("writes %i in the shortest form", ([value, hex]) => {
    expect(encodeHex(encodeCbor(value))).toBe(hex);
    expect(decodeCbor(decodeHex(hex) as Uint8Array)).toBe(value + 0);
  });

  test.for([
    ["bytes", "a14000"],
    ["an array", "a18000"],
    ["a map", "a1a000"],
    ["true", "a1f500"],
    ["bytes, behind an integer", "a201004000"],
  ])("refuses a map key that is %s", ([, hex]) => {
    expect(() => decodeCbor(decodeHex(hex as string) as Uint8Array)).toThrow(
      expect.objectContaining({ code: "LK-CBOR-INVALID" }),
    );
  });

  test.for([
    ["24 before −1, although it is longer", "a21818002000", "a22000181800"],
    ["1000 before text of one letter", "a21903e800616100", "a26161001903e800"],
    ["−1000 before empty text", "a23903e7006000", "a260003903e700"],
    ["23 before 24", "a21700181800", "a21818001700"],
    ["b before aa", "a2616200626161 00".replaceAll(" ", ""), "a262616100616200"],
  ])("puts the key %s", ([, sorted, unsorted]) => {
    const bytes = decodeHex(sorted as string) as Uint8Array;
    const map = decodeCbor(bytes) as ReadonlyMap<number | string, number>;
    expect(encodeCbor(new Map([...map].toReversed()))).toEqual(bytes);
    expect(() => decodeCbor(decodeHex(unsorted as string) as Uint8Array)).toThrow(
      expect.objectContaining({ code: "LK-CBOR-INVALID" }),
    );
  });

  test("gives bytes as bytes, also out of a Buffer", () => {
    const bytes = decodeCbor(Buffer.from("820141ff", "hex")) as readonly CborValue[];
    expect((bytes[1] as Uint8Array).constructor).toBe(Uint8Array);
    expect(bytes[1]).toEqual(Uint8Array.of(255));
  });

  test("reads items that follow one another, and refuses what is left over", () => {
    const bytes = (hex: string) => decodeHex(hex) as Uint8Array;
    expect(decodeCborSequence(bytes(""))).toEqual([]);
    expect(decodeCborSequence(bytes("01a1010281 03".replaceAll(" ", "")))).toEqual([
      1,
      new Map([[1, 2]]),
      [3],
    ]);
    for (const broken of ["01ff", "0118", "a20100"]) {
      expect(() => decodeCborSequence(bytes(broken))).toThrow(
        expect.objectContaining({ code: "LK-CBOR-INVALID" }),
      );
    }
  });

  test("copies byte strings out of its input", () => {
    const input = encodeCbor([new Uint8Array([1, 2, 3])]);
    const [bytes] = decodeCbor(input) as [Uint8Array];
    input.fill(0);
    expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  test.for([Number.NaN, 0.5, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 53, "\ud800", undefined])(
    "refuses to write %s",
    (value) => {
      expect(() => encodeCbor(value as CborValue)).toThrow(TypeError);
    },
  );
});
