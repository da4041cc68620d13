/** Every outcome, reason and loss is said in both languages, each in words of its own. */
import { EXCHANGE_TEXTS_DE } from "@latchkey/core/exchange/texts-de";
import { EXCHANGE_TEXTS_EN } from "@latchkey/core/exchange/texts-en";
import { expect, test } from "vitest";

const KINDS = Object.keys(EXCHANGE_TEXTS_EN) as (keyof typeof EXCHANGE_TEXTS_EN)[];

test.each(KINDS)("%s", (kind) => {
  const [en, de] = [EXCHANGE_TEXTS_EN[kind], EXCHANGE_TEXTS_DE[kind]].map((texts) => Object.values(texts));
  expect(new Set(en).size).toBe(en!.length);
  expect(new Set(de).size).toBe(de!.length);
  expect(en!.filter((text) => de!.includes(text))).toEqual([]);
});
