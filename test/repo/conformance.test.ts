/** docs/ctap-conformance.md names tests that are there. */
import { describe, expect, test } from "vitest";
import { filesOf, readText } from "./tree.ts";

const files = filesOf("{packages/*/test,test}/**/*.test.ts");
const rows = [...readText("docs/ctap-conformance.md").matchAll(/`([a-z-]+\.test\.ts)`: ([^|\n]+?) \|/g)];

function findTest(name: string, title: string): boolean {
  return files.some((file) => file.endsWith(`/${name}`) && readText(file).includes(title));
}

describe("docs/ctap-conformance.md", () => {
  test("names many tests", () => {
    expect(rows.length).toBeGreaterThan(60);
  });

  test("names tests that are there", () => {
    const missing = rows.filter(([, name = "", title = ""]) => !findTest(name, title));
    expect(missing.map(([row]) => row)).toEqual([]);
  });

  test("would miss one that is not", () => {
    expect(findTest("extensions.test.ts", "a test that nobody wrote")).toBe(false);
  });
});
