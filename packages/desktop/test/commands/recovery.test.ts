/** `latchkey recovery …` as real programs: a page is made, printed, tested, used; the old one is dead. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Home, jsonOf } from "./program.ts";
import { startTwoHomes, type TwoHomes } from "./two-homes.ts";

// Passphrases are stretched at what ships: some seconds each on a machine that is busy.
vi.setConfig({ testTimeout: 90_000 });
let homes: TwoHomes;
let newHome: Home;
beforeAll(async () => {
  homes = await startTwoHomes({ roomsCreatedPerIpGroupPerDay: 100 });
  newHome = new Home();
});
afterAll(async () => {
  await homes.close();
  newHome.remove();
});

/** The ten groups of a sheet: what somebody types. The PDF is plain text, and they alone stand in its type for typing. */
function readGroups(pdf: string): string[][] {
  const found = [...readFileSync(pdf, "latin1").matchAll(/\/typed 20 Tf [\d. ]+ Td \(([0-9A-Z]{5})\) Tj/g)];
  const groups = found.map(([, group = ""]) => group);
  return Array.from({ length: groups.length / 10 }, (_, sheet) => groups.slice(sheet * 10, sheet * 10 + 10));
}

/** The picture of a page of a PDF, as a printer and a camera would give it. */
function photograph(pdf: string, page = 1): string {
  const picture = `${pdf}-${page}`;
  execFileSync("pdftoppm", [
    "-png",
    "-r",
    "150",
    "-f",
    String(page),
    "-l",
    String(page),
    "-singlefile",
    pdf,
    picture,
  ]);
  return `${picture}.png`;
}

describe("a page", () => {
  test("is made into a PDF for the owner's eyes, and nothing of it is in what --json prints", async () => {
    const pdf = join(homes.desk.path, "page.pdf");
    const made = await homes.desk.open("recovery", "create", "--pdf", pdf, "--json");
    expect(made.stderr + made.stdout).toMatch("keep it like cash");
    const data = jsonOf(made);
    expect(data).toMatchObject({ ok: true, file: pdf, locator: "told", replaced: 0, passkeys: 1 });
    expect(Object.keys(data)).not.toContain("papers");
    expect(statSync(pdf).mode & 0o777).toBe(0o600);
    const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
    expect(text).toContain("This page opens the vault alone. Keep it like cash.");
    expect(text).toContain(homes.relay.origin);
  });

  test("is tested by its picture", async () => {
    const picture = photograph(join(homes.desk.path, "page.pdf"));
    const tested = await homes.desk.open("recovery", "test", "--scan", picture);
    expect(tested).toMatchObject({ exit: 0, stdout: "Works. Made today. Opens 1 of 1 passkey.\n" });
  });
});

describe("when every device is gone", () => {
  const restore = (home: Home, ...args: string[]) =>
    home.run(["recovery", "restore", ...args, "--json"], ["correct horse"]);

  test("page and mailbox bring the vault back, with a new page", async () => {
    const { desk } = homes;
    const picture = photograph(join(desk.path, "page.pdf"));
    const pdf = join(newHome.path, "new-page.pdf");
    const ended = await restore(newHome, "--scan", picture, "--remove-all", "--name", "New PC", "--pdf", pdf);
    expect(ended.stderr).toContain("New PC now holds a full copy: 1 passkey");
    expect(jsonOf(ended)).toMatchObject({
      from: "mailbox",
      current: true,
      removed: [expect.any(String)],
      replaced: 1,
      intended: false,
      locator: "told",
    });
    const listed = jsonOf(await newHome.open("passkey", "list", "--json"));
    expect(listed["passkeys"]).toEqual([expect.objectContaining({ site: "example.org", user: "ana" })]);
    const tested = await newHome.open("recovery", "test", "--scan", photograph(pdf));
    expect(tested).toMatchObject({ exit: 0, stdout: "Works. Made today. Opens 1 of 1 passkey.\n" });
  });

  test("the old page is dead and says so, at the mailbox and in the vault", async () => {
    const picture = photograph(join(homes.desk.path, "page.pdf"));
    const third = new Home();
    try {
      const refused = await restore(
        third,
        "--scan",
        picture,
        "--remove-all",
        "--pdf",
        join(third.path, "p.pdf"),
      );
      expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({ exit: 8, code: "LK-RECOVERY-DEAD" });
      expect(existsSync(third.vault)).toBe(false);
    } finally {
      third.remove();
    }
    const tested = await newHome.open("recovery", "test", "--scan", picture, "--json");
    expect({ exit: tested.exit, ...jsonOf(tested) }).toMatchObject({ exit: 8, code: "LK-RECOVERY-DEAD" });
  });
});

describe("three pages", () => {
  let sheets: string[];
  const type = (text: string) =>
    newHome.spawn(["recovery", "test", "--json"], ["correct horse"], `${text}\n`);

  test("of which any two open the vault, and one does not", async () => {
    const pdf = join(newHome.path, "three.pdf");
    const made = await newHome.open("recovery", "create", "--split", "2/3", "--pdf", pdf, "--json");
    expect(jsonOf(made)).toMatchObject({ page: { parts: 3 }, replaced: 1, intended: false });
    sheets = readGroups(pdf).map((groups) => groups.join(" "));
    expect(sheets).toHaveLength(3);
    const [first, second, third] = [1, 2, 3].map((page) => photograph(pdf, page)) as [string, string, string];
    const two = await newHome.open("recovery", "test", "--scan", third, "--scan", first);
    expect(two.stdout).toBe("Works. Made today. Opens 1 of 1 passkey.\n");
    const one = await newHome.spawn(["recovery", "test", "--scan", second, "--json"], ["correct horse"]);
    expect(one.exit).toBe(2);
    expect(one.stderr).toContain("one more of them is needed");
  });

  test("a wrong sheet beside a right one is refused", async () => {
    const pdf = join(newHome.path, "other-three.pdf");
    await newHome.open("recovery", "create", "--split", "2/3", "--pdf", pdf);
    const [of2] = readGroups(pdf).map((groups) => groups.join(" "));
    const ended = await type(`${sheets[0]}\n${of2}`);
    expect(jsonOf(ended)).toMatchObject({ ok: false, code: "LK-RECOVERY-SHARES" });
    const two = await type(`${sheets[1]}\n${sheets[2]}`);
    expect({ exit: two.exit, ...jsonOf(two) }).toMatchObject({ exit: 8, code: "LK-RECOVERY-DEAD" });
  });

  test("a typing error is named with its group", async () => {
    const groups = (sheets[0] ?? "").split(" ");
    const [wrong] = [groups.with(6, `${groups[6]?.slice(0, 4)}${groups[6]?.endsWith("7") ? "8" : "7"}`)];
    expect(jsonOf(await type(wrong.join("-")))).toMatchObject({
      code: "LK-RECOVERY-TYPO",
      message: "group 7",
    });
  });
});
