/** `latchkey backup …` and restoring from a backup, without any mailbox: files, folders, a passphrase, the recovery page. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Home, jsonOf, PASSPHRASE, register } from "./program.ts";

// Passphrases are stretched at what ships: some seconds each on a machine that is busy.
vi.setConfig({ testTimeout: 90_000 });
const BACKUP_PASSPHRASE = "battery staple";
let home: Home;
let folder: string;
let page: string;
let restored: Home;
const others: Home[] = [];

const newHome = (): Home => {
  const made = new Home();
  others.push(made);
  return made;
};

beforeAll(async () => {
  home = new Home();
  await home.found(async (host) => {
    await register(host, "example.org", "ana");
    await register(host, "example.net", "ana");
  });
  folder = join(home.path, "backups");
  mkdirSync(folder);
  const pdf = join(home.path, "page.pdf");
  await home.open("recovery", "create", "--pdf", pdf);
  execFileSync("pdftoppm", ["-png", "-r", "100", "-singlefile", pdf, join(home.path, "page")]);
  page = join(home.path, "page.png");
  restored = newHome();
});
afterAll(() => {
  for (const each of [home, ...others]) each.remove();
});

const backups = () => readdirSync(folder).toSorted();
const newest = () => join(folder, backups().at(-1) ?? "none");
const passkeysOf = async (at: Home) =>
  (jsonOf(await at.open("passkey", "list", "--json"))["passkeys"] as { site: string }[]).map(
    ({ site }) => site,
  );

test("goes into the folder of a person's choice, and opens with devices, page and passphrase", async () => {
  const made = await home.run(
    ["backup", "set", "--folder", folder, "--keep", "2", "--with-passphrase"],
    [PASSPHRASE, BACKUP_PASSPHRASE],
  );
  expect(made.stderr).toBe("");
  expect(made.stdout).toMatch(/^opens with +any device of the vault, recovery page, passphrase$/m);
  expect(backups()).toHaveLength(1);
  expect(readFileSync(newest(), "latin1")).not.toMatch(/example\.org|ana\b|Desk|battery/);
  const verified = await home.open("backup", "verify", newest());
  expect(verified).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^whole: every seal opens/) });
});

test("is what an export without an open format writes: sealed, with a passphrase of its own", async () => {
  const file = join(home.path, "sealed.latchkey-backup");
  const made = await home.run(["export", "-o", file], [PASSPHRASE, BACKUP_PASSPHRASE]);
  expect(made).toMatchObject({ exit: 0, stderr: "" });
  expect(made.stdout).toMatch(/^opens with +any device of the vault, recovery page, passphrase$/m);
  expect(await home.open("backup", "verify", file)).toMatchObject({ exit: 0 });
  const open = ["export", "--sealed", "--cxf"];
  for (const args of [open, ["export"], ["export", "-o", "-"], ["export", "-o", file, "--dry-run"]])
    expect(await home.open(...args)).toMatchObject({ exit: 2, stdout: "" });
});

test("the oldest go, and what is not ours stays", async () => {
  writeFileSync(join(folder, "a-letter.txt"), "a letter");
  for (const day of ["01", "02", "03"])
    writeFileSync(join(folder, `vault-2020-01-${day}T000000.000Z.latchkey-backup`), "old");
  await home.open("backup", "run");
  expect(backups().filter((name) => name.endsWith(".latchkey-backup"))).toHaveLength(2);
  expect(backups()).toContain("a-letter.txt");
  const listed = jsonOf(await home.open("backup", "list", "--json"));
  expect(listed["backups"]).toHaveLength(2);
});

test("damage is found: any byte that is changed, any end that is cut", async () => {
  const whole = readFileSync(newest());
  for (const spoil of [
    (bytes: Buffer) => bytes.subarray(0, bytes.length - 1),
    (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte))),
  ]) {
    const file = join(home.path, "spoiled");
    writeFileSync(file, spoil(whole));
    const verified = await home.open("backup", "verify", file, "--json");
    expect(verified.exit).toBe(8);
    const at = newHome();
    const restored = await at.run(
      ["backup", "restore", file, "--json"],
      [BACKUP_PASSPHRASE, "correct horse"],
    );
    expect(jsonOf(restored)).toMatchObject({ ok: false });
    expect(existsSync(at.vault)).toBe(false);
  }
});

test("a passphrase makes a new vault of it in another place, whose passkeys sign", async () => {
  const at = newHome();
  const wrong = await at.run(["backup", "restore", newest(), "--json"], ["wrong", "correct horse"]);
  expect({ exit: wrong.exit, ...jsonOf(wrong) }).toMatchObject({ exit: 8, code: "LK-RECOVERY-BACKUP" });
  const restored = await at.run(["backup", "restore", newest()], [BACKUP_PASSPHRASE, "correct horse"]);
  expect(restored).toMatchObject({ exit: 0, stderr: expect.stringContaining("a new vault with 2 passkeys") });
  expect((await passkeysOf(at)).toSorted()).toEqual(["example.net", "example.org"]);
  // A page of the new vault opens all of them: every private key is under its keys.
  const pdf = join(at.path, "p.pdf");
  await at.open("recovery", "create", "--pdf", pdf);
  execFileSync("pdftoppm", ["-png", "-r", "100", "-singlefile", pdf, join(at.path, "p")]);
  const tested = await at.open("recovery", "test", "--scan", join(at.path, "p.png"));
  expect(tested.stdout).toBe("Works. Made today. Opens 2 of 2 passkeys.\n");
});

test("page and backup bring the vault back with every relay gone; the old page is dead", async () => {
  const at = restored;
  const pdf = join(at.path, "new.pdf");
  const ended = await at.run(
    ["recovery", "restore", "--scan", page, "--backup", newest(), "--remove-all", "--pdf", pdf, "--json"],
    ["correct horse"],
  );
  expect(jsonOf(ended)).toMatchObject({ from: "backup", current: false, replaced: 1, intended: false });
  expect((await passkeysOf(at)).toSorted()).toEqual(["example.net", "example.org"]);
  const dead = await at.open("recovery", "test", "--scan", page, "--json");
  expect({ exit: dead.exit, ...jsonOf(dead) }).toMatchObject({ exit: 8, code: "LK-RECOVERY-DEAD" });
});

test("the dead page opens nothing that is made after", async () => {
  const file = join(restored.path, "after.latchkey-backup");
  await restored.open("backup", "run", file);
  const again = newHome();
  const pdf = join(again.path, "x.pdf");
  const refused = await again.run(
    ["recovery", "restore", "--scan", page, "--backup", file, "--remove-all", "--pdf", pdf, "--json"],
    ["correct horse"],
  );
  expect(refused.exit).toBe(8);
  expect(["LK-RECOVERY-DEAD", "LK-RECOVERY-BACKUP"]).toContain(jsonOf(refused)["code"]);
  expect(existsSync(again.vault)).toBe(false);
});
