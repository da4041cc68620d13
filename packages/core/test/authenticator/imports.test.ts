/** A cold sign-in loads the authenticator: it must not bring curves, libsodium or Automerge with it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const start = new URL("../../src/authenticator/authenticator.ts", import.meta.url);

test("the authenticator loads text, CBOR and nothing heavier", () => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file.href)) continue;
    seen.add(file.href);
    for (const [, typeOnly, name = ""] of readFileSync(file, "utf8").matchAll(
      /^(?:import|export) (type )?[^;]*?from "([^"]+)";/gm,
    )) {
      if (typeOnly !== undefined) continue;
      if (name.startsWith(".")) waiting.push(new URL(name, file));
      else packages.add(name);
    }
  }
  expect(seen.size).toBeGreaterThan(10);
  expect([...packages].sort()).toEqual(["@scure/base", "cbor-x/index-no-eval"]);
});
