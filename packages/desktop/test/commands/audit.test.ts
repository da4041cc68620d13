/** `latchkey audit …`: from what is done with the program to a file that is checked. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { converse, getAssertion, Home, jsonOf, PASSPHRASE, register } from "./program.ts";

let home: Home;
beforeAll(async () => {
  home = new Home();
  await home.found((host) => register(host, "example.org", "ana"));
});
afterAll(() => home.remove());

const file = () => join(home.path, "activity.jsonl");

test("a sign-in, a rename and a wrong passphrase are told in sentences", async () => {
  const child = home.start(["ctap"], [PASSPHRASE, PASSPHRASE]);
  expect(await converse(child, [getAssertion("example.org")])).toEqual([0]);
  expect((await home.run(["passkey", "list"], ["wrong horse"])).exit).toBe(4);
  expect((await home.open("passkey", "rename", "example.org", "Work")).exit).toBe(0);
  const { stdout, exit } = await home.open("audit", "list");
  expect(exit).toBe(0);
  expect(stdout).toMatch(/Desk +made a passkey for example\.org as ana$/m);
  expect(stdout).toMatch(/Desk +signed in to example\.org as ana$/m);
  expect(stdout).toMatch(/Desk +changed the title of example\.org as ana$/m);
  expect(stdout).toMatch(/Desk +1 wrong passphrase before the right one$/m);
  const only = jsonOf(await home.open("audit", "list", "--kind", "sign-in", "--json"));
  expect(only).toMatchObject({ ok: true, total: 1, lines: [{ kind: "sign-in", site: "example.org" }] });
});

test("is unbroken, and so is what is exported", async () => {
  const verified = await home.open("audit", "verify");
  expect([verified.exit, verified.stdout]).toEqual([
    0,
    expect.stringMatching(/^this device +\d+ lines, unbroken$/m),
  ]);
  expect((await home.open("audit", "export", file())).exit).toBe(0);
  const checked = await home.run(["audit", "verify", file()]);
  expect([checked.exit, checked.stdout]).toEqual([0, expect.stringContaining("every line is signed")]);
});

test.each([
  ["a line taken out", (rows: string[]) => rows.toSpliced(3, 1), /line 3 is missing/],
  [
    "a line changed",
    (rows: string[]) => rows.with(2, rows[2]!.replace(/"kind":"[a-z-]+"/, `"kind":"purge"`)),
    /line 2 is not as its device signed it/,
  ],
  ["its end cut off", (rows: string[]) => rows.slice(0, -1), /line \d+ is missing/],
])("ends with 8 for a copy with %s, and names the line", async (_, tamper, words) => {
  const copy = join(home.path, "copy.jsonl");
  const rows = readFileSync(file(), "utf8").trimEnd().split("\n");
  writeFileSync(copy, `${tamper(rows).join("\n")}\n`);
  const { exit, stdout } = await home.run(["audit", "verify", copy]);
  expect(exit).toBe(8);
  expect(stdout).toMatch(words);
  expect(jsonOf(await home.run(["audit", "verify", copy, "--json"]))).toMatchObject({
    ok: true,
    whole: false,
  });
});

test("an empty copy is not a whole one", async () => {
  const copy = join(home.path, "empty.jsonl");
  writeFileSync(copy, "");
  const { exit, stdout } = await home.run(["audit", "verify", copy]);
  expect({ exit, stdout }).toEqual({
    exit: 8,
    stdout: expect.stringContaining("no line of an activity log"),
  });
});

test("leaves names out where they are not wanted", async () => {
  const bare = join(home.path, "bare.jsonl");
  const { stderr } = await home.open("audit", "export", bare, "--no-names");
  expect(stderr).not.toContain("think of whom");
  expect(readFileSync(bare, "utf8")).not.toMatch(/example\.org|ana|Desk/);
  expect((await home.run(["audit", "verify", bare])).exit).toBe(0);
});

test("refuses days that are none", async () => {
  expect((await home.open("audit", "list", "--days", "many")).exit).toBe(2);
});
