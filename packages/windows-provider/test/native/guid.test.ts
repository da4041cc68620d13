/** GUIDs in memory: the byte order is the classic mistake. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatGuid, parseGuid } from "../../src/native/guid.ts";

test("has the bytes that Windows has in memory", () => {
  expect(Buffer.from(parseGuid("{D26BCF6F-b54c-43ff-9f06-d5bf148625f7}")).toString("hex")).toBe(
    "6fcf6bd24cb5ff439f06d5bf148625f7",
  );
});

test("is the same after memory and back", () => {
  fc.assert(
    fc.property(fc.uuid(), (text) => {
      expect(formatGuid(parseGuid(text))).toBe(text);
    }),
  );
});

test.for([
  "",
  "d26bcf6f-b54c-43ff-9f06",
  "d26bcf6fb54c43ff9f06d5bf148625f7",
  "x26bcf6f-b54c-43ff-9f06-d5bf148625f7",
])("refuses %o", (text) => {
  expect(() => parseGuid(text)).toThrow(TypeError);
});

test("refuses anything but 16 bytes", () => {
  expect(() => formatGuid(new Uint8Array(15))).toThrow(TypeError);
});
