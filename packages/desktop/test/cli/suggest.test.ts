/** Suggestions for words that were mistyped. */
import { expect, test } from "vitest";
import { suggestWord } from "../../src/cli/suggest.ts";

const WORDS = ["passkey", "device", "conflict", "relay", "status", "up", "unlock", "lock"];

test.for([
  ["paskey", "passkey"],
  ["pakssey", "passkey"],
  ["devise", "device"],
  ["stauts", "status"],
  ["pu", "up"],
  ["conf", "conflict"],
  ["unlok", "unlock"],
  ["xyzzy", null],
  ["", null],
  ["zz", null],
])("for %j it is %j", ([typed, meant]) => {
  expect(suggestWord(typed as string, WORDS)).toBe(meant);
});
