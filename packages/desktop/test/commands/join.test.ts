/** `latchkey device join` refuses what cannot become a pairing before anything is asked or used up. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Home, jsonOf, PASSPHRASE } from "./program.ts";

let home: Home;
beforeAll(async () => {
  home = new Home();
  await home.found();
});
afterAll(() => home.remove());

test.for([
  ["a device that has a vault", ["device", "join"], "x", 1, "LK-PAIR-HAS-VAULT"],
  [
    "what is no invitation",
    ["device", "join", "--vault", "{new}"],
    "https://app.example",
    1,
    "LK-PAIR-MALFORMED",
  ],
  [
    "a picture without a code",
    ["device", "join", "--vault", "{new}", "--scan", "{file}"],
    "",
    1,
    "LK-PAIR-MALFORMED",
  ],
  [
    "a picture that is not there",
    ["device", "join", "--vault", "{new}", "--scan", "{new}"],
    "",
    2,
    "LK-CLI-USAGE",
  ],
  ["two ways at once", ["device", "join", "--paste", "--scan", "{file}"], "", 2, "LK-CLI-USAGE"],
  ["an invitation as an argument", ["device", "join", "https://app.example#x"], "", 2, "LK-CLI-USAGE"],
  ["nobody to ask", ["device", "join", "--vault", "{new}", "--no-input"], "", 2, "LK-CLI-NO-INPUT"],
] as const)("%s is refused", async ([, args, stdin, exit, code]) => {
  const places = { "{new}": join(home.path, "new"), "{file}": join(home.path, "picture") };
  writeFileSync(places["{file}"], "not a picture");
  const filled = args.map((arg) => places[arg as keyof typeof places] ?? arg);
  const before = readFileSync(home.vault);
  const ended = await home.spawn([...filled, "--json"], [PASSPHRASE], `${stdin}\n`);
  expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit, code });
  expect(existsSync(places["{new}"])).toBe(false);
  expect(readFileSync(home.vault)).toEqual(before);
});
