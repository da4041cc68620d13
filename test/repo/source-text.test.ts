import { expect, test } from "vitest";
import { importsOf, stringsOf, withoutComments } from "./source-text.ts";

test("finds every way to import, and none in comments", () => {
  const source = `
    /** not: import "a"; */
    import "side-effect"; // nor import "b"
    import type { T } from "types";
    import { x,
      y } from './multi.ts';
    export { z } from "re-export";
    const lazy = await import("lazy");
    const old = require("old");
    const built = process.getBuiltinModule("node:built");
    const at = import.meta.resolve("resolved");
    const url = "https://example.org/"; import "after-url";
  `;
  expect(importsOf(source)).toEqual([
    "side-effect",
    "types",
    "./multi.ts",
    "re-export",
    "lazy",
    "old",
    "node:built",
    "resolved",
    "after-url",
  ]);
});

test("tells strings and comments apart", () => {
  const source = `const a = "x // y"; /* "no" */ const b = \`z "q"\`; // 'no'`;
  expect(stringsOf(source)).toEqual(["x // y", 'z "q"']);
  expect(withoutComments(source).trimEnd()).toBe(`const a = "x // y";   const b = \`z "q"\`;`);
});
