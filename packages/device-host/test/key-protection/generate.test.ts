/** Generated passphrases. */
import { randomBytes } from "node:crypto";
import { loadWordList } from "@latchkey/core/words/word-list";
import { expect, test } from "vitest";
import { makePassphrase } from "../../src/key-protection/generate.ts";

test("has six words of the list, and another six the next time", async () => {
  const words = await loadWordList();
  const made = await Promise.all([1, 2].map(() => makePassphrase(randomBytes)));
  expect(made[0]).not.toBe(made[1]);
  for (const passphrase of made) {
    expect(passphrase.split(" ")).toHaveLength(6);
    expect(passphrase.split(" ").every((word) => words.includes(word))).toBe(true);
  }
});

test("draws eleven bits a word", async () => {
  const words = await loadWordList();
  expect(words).toHaveLength(2048);
  const bytes = new Uint8Array([0, 0, 0x07, 0xff, 0xff, 0xff, 0, 1, 0x08, 1, 0x04, 0]);
  const chosen = [0, 2047, 2047, 1, 1, 1024].map((i) => words[i]);
  expect(await makePassphrase(() => bytes)).toBe(chosen.join(" "));
});
