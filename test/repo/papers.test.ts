/** Papers for reviewers: what they name is there, and security.txt is what RFC 9116 asks for. */
import { existsSync } from "node:fs";
import { POLICY_SETTINGS } from "@latchkey/core/policy/settings";
import { describe, expect, test } from "vitest";
import { readText, ROOT } from "./tree.ts";

describe("security.txt", () => {
  const fields = readText("docs/security.txt")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => /^(?<name>[A-Za-z-]+): (?<value>\S.*)$/.exec(line)?.groups);

  test("has fields and nothing else, with a contact and one day of expiry (RFC 9116 § 2.5)", () => {
    expect(fields.every((field) => field !== undefined)).toBe(true);
    const valuesOf = (name: string) =>
      fields.filter((field) => field?.["name"] === name).map((field) => field?.["value"]);
    expect(valuesOf("Contact")).toEqual([expect.stringMatching(/^https:/)]);
    expect(valuesOf("Policy")).toEqual([expect.stringMatching(/^https:.*SECURITY\.md$/)]);
    expect(valuesOf("Expires")).toHaveLength(1);
  });

  test("has not expired", () => {
    const expires = fields.find((field) => field?.["name"] === "Expires")?.["value"] ?? "";
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
  });
});

describe("papers", () => {
  test.each(["docs/data-map.md", "docs/nist-800-63b.md"])("%s names tests that there are", (paper) => {
    const named = [...readText(paper).matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file = ""]) => file);
    expect(named.filter((file) => !existsSync(`${ROOT}/${file}`))).toEqual([]);
  });

  test("for administrators list every setting", () => {
    const rollout = readText("docs/rollout.md");
    expect(Object.keys(POLICY_SETTINGS).filter((name) => !rollout.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
