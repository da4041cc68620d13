/** Passkeys seen and edited from the command line, with the real main and real vault files. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Home, jsonOf, PASSPHRASE, register } from "./program.ts";

let home: Home;
beforeAll(async () => {
  home = new Home();
  await home.found(async (host) => {
    await register(host, "example.org", "ana");
    await register(host, "example.org", "bruno");
    await register(host, "example.net", "ana");
  });
});
afterAll(() => home.remove());

const show = async (passkey: string) => jsonOf(await home.open("passkey", "show", passkey, "--json"));

test("are listed as a table, sorted by site and user", async () => {
  const { exit, stdout, stderr } = await home.open("passkey", "list");
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(1, 3))).toEqual([
    ["SITE", "USER"],
    ["example.net", "ana"],
    ["example.org", "ana"],
    ["example.org", "bruno"],
    [],
  ]);
});

test("are listed with the fields that --json names", async () => {
  const listed = jsonOf(await home.open("passkey", "list", "--site=example.net", "--json=site,user"));
  expect(listed).toEqual({ schema: 1, ok: true, passkeys: [{ site: "example.net", user: "ana" }] });
  expect(await home.open("passkey", "list", "--json=privateKey")).toMatchObject({
    exit: 2,
    stdout: expect.stringContaining('"code":"LK-CLI-USAGE"'),
    stderr: expect.stringContaining("hint: the fields are id, site, user"),
  });
});

test("none that fits is no failure", async () => {
  expect(await home.open("passkey", "list", "--site", "example.com")).toEqual({
    exit: 0,
    stdout: "",
    stderr: "no passkey fits\n",
  });
});

test("one is shown by id, by the beginning of it, by site and user, or by its site", async () => {
  const { id } = await show("example.org/bruno");
  for (const selector of [id as string, (id as string).slice(0, 8)]) {
    expect(await show(selector.startsWith("-") ? `example.org/bruno` : selector)).toMatchObject({ id });
  }
  expect((await home.open("passkey", "show", "example.net")).stdout).toMatch(
    /^site {5}example\.net\nuser {5}ana\nmade on {2}\d{4}-\d\d-\d\d\ncopies {3}only on this device; .*\nid {7}\S+\n$/,
  );
});

test.for([
  [["passkey", "show", "example.com"], 3, "LK-VAULT-NOT-FOUND"],
  [["passkey", "show", "example.org"], 3, "LK-VAULT-AMBIGUOUS"],
  [["passkey", "rename", "example.com", "x"], 3, "LK-VAULT-NOT-FOUND"],
  [["passkey", "rename", "example.net", "x".repeat(257)], 1, "LK-VAULT-LIMIT"],
  [["passkey", "rename", "example.net", " "], 2, "LK-CLI-USAGE"],
  [["passkey", "tag", "example.net"], 2, "LK-CLI-USAGE"],
  [["passkey", "tag", "example.net", "--add", "a", "--remove", "a"], 2, "LK-CLI-USAGE"],
  [["passkey", "note", "example.net"], 2, "LK-CLI-USAGE"],
  [["passkey", "note", "example.net", "x", "--clear"], 2, "LK-CLI-USAGE"],
  [["passkey", "restore", "example.net"], 3, "LK-VAULT-NOT-FOUND"],
  [["conflict", "resolve", "example.net", "title", "--keep"], 3, "LK-VAULT-NOT-FOUND"],
  [["conflict", "resolve", "example.net", "title", "--take", "0"], 2, "LK-CLI-USAGE"],
  [["conflict", "resolve", "example.net", "title", "--take", "1", "--keep"], 2, "LK-CLI-USAGE"],
] as const)("%j ends with %i and changes nothing", async ([args, exit, code]) => {
  const before = await show("example.net");
  const ended = await home.open(...args, "--json");
  expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit, ok: false, schema: 1, code });
  expect(await show("example.net")).toEqual(before);
});

test("are renamed, tagged and noted, and say when nothing changed", async () => {
  const passkey = "example.net/ana";
  expect((await home.open("passkey", "rename", passkey, " Mail ")).stderr).toBe("saved\n");
  expect((await home.open("passkey", "rename", passkey, "Mail")).stderr).toBe("it was so already\n");
  await home.open("passkey", "tag", passkey, "--add", "work", "--add", "mail");
  await home.open("passkey", "tag", passkey, "--remove", "work", "--add", "old");
  await home.open("passkey", "note", passkey, "two\nlines");
  expect(await show(passkey)).toMatchObject({ title: "Mail", tags: ["mail", "old"], note: "two\nlines" });
  expect((await home.open("passkey", "show", passkey)).stdout).toMatch(/^note {5}two\n {9}lines$/m);
  expect(jsonOf(await home.open("passkey", "list", "--tag", "mail", "--json"))["passkeys"]).toHaveLength(1);
  await home.open("passkey", "note", passkey, "--clear");
  expect(await show(passkey)).toMatchObject({ note: null });
});

test("text that would steer the terminal is shown as what it is", async () => {
  await home.open("passkey", "rename", "example.org/ana", "\u001b[2Jevil");
  const { stdout } = await home.open("passkey", "list");
  expect(stdout).toContain("<U+001B>[2Jevil");
});

test("go to the trash only with consent, and come back", async () => {
  const target = "example.org/bruno";
  const dry = jsonOf(await home.open("passkey", "rm", target, "--dry-run", "--json"));
  expect(dry).toMatchObject({ dryRun: true, passkeys: [{ site: "example.org", user: "bruno" }] });
  expect((await home.open("passkey", "rm", target, "--no-input")).exit).toBe(2);
  expect(await show(target)).toMatchObject({ state: "live" });
  expect((await home.open("passkey", "rm", target, target, "--yes")).stderr).toBe(
    "1 passkey moved to the trash\n",
  );
  expect(await show(target)).toMatchObject({ state: "deleted" });
  expect((await home.open("passkey", "list", "--trash")).stdout).toMatch(/DELETED\n\S+ +example\.org +bruno/);
  expect((await home.open("passkey", "rm", target, "--yes")).exit).toBe(3);
  expect((await home.open("passkey", "restore", target)).stderr).toBe("taken out of the trash\n");
  expect(await show(target)).toMatchObject({ state: "live", deletedOn: null });
});

test("one of several that is not there leaves the others where they are", async () => {
  expect((await home.open("passkey", "rm", "example.org/ana", "example.com", "--yes")).exit).toBe(3);
  expect(await show("example.org/ana")).toMatchObject({ state: "live" });
});

test("a wrong passphrase ends with 4 and shows nothing", async () => {
  expect(await home.run(["passkey", "list"], [`${PASSPHRASE}!`])).toMatchObject({
    exit: 4,
    stdout: "",
    stderr: expect.stringContaining("LK-KEY-PASSPHRASE-WRONG"),
  });
});
