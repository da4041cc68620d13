/** The extension's texts: the same ones in both languages, one for every state, and none that nobody shows. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STANDINGS } from "../src/host-message.ts";

const SOURCE = join(import.meta.dirname, "../src");
type Messages = Readonly<Record<string, { readonly message: string }>>;
const read = (language: string): Messages =>
  JSON.parse(readFileSync(join(SOURCE, "_locales", language, "messages.json"), "utf8")) as Messages;
const [en, de] = [read("en"), read("de")];

test("are there in English and German", () => {
  expect(Object.keys(de)).toEqual(Object.keys(en));
  for (const name of Object.keys(en))
    expect((en[name]?.message === "") === (de[name]?.message === "")).toBe(true);
});

test("say of every state what it is and what to do", () => {
  for (const standing of STANDINGS) {
    const name = standing.replaceAll("-", "_");
    expect(en[`standing_${name}`]?.message).toMatch(/[.…]$/);
    expect(en).toHaveProperty(`next_${name}`);
  }
});

test("are all shown", () => {
  const sources = globSync("**/*.ts", { cwd: SOURCE })
    .map((file) => readFileSync(join(SOURCE, file), "utf8"))
    .join("\n");
  const unused = Object.keys(en).filter(
    (name) => !/^(?:name|description|standing_.*|next_.*)$/.test(name) && !sources.includes(`"${name}"`),
  );
  expect(unused).toEqual([]);
});
