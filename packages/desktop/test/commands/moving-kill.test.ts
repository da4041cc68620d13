/** Imports that are killed, in real processes: whole passkeys of a batch that is known, which is undone as one or gone on with. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manyPasskeys } from "./many-passkeys.ts";
import { Home, type Json, jsonOf, PASSPHRASE } from "./program.ts";

const COUNT = 900;

let home: Home;
let file: string;
beforeAll(async () => {
  home = new Home();
  file = join(home.path, "many.json");
  writeFileSync(file, JSON.stringify(manyPasskeys(COUNT)));
  await home.found();
});
afterAll(() => home.remove());

const listed = async (): Promise<readonly Json[]> =>
  jsonOf(await home.open("passkey", "list", "--json"))["passkeys"] as readonly Json[];
const imports = async (): Promise<readonly Json[]> =>
  jsonOf(await home.open("import", "--list", "--json"))["imports"] as readonly Json[];

/** Kills the command at the first word that something was saved. */
async function importAndDie(): Promise<void> {
  const child = home.start(["import", file, "--yes", "--verbose"], [PASSPHRASE]);
  const exit = once(child, "exit");
  const lines = createInterface({ input: child.stderr! });
  lines.on("line", (line) => {
    if (line.includes("saved ")) child.kill("SIGKILL");
  });
  expect(await exit).toEqual([null, "SIGKILL"]);
}

test("promise 1: a killed import leaves whole passkeys of a known batch, undone as one", async () => {
  await importAndDie();
  const present = (await listed()).length;
  expect(present).toBeGreaterThan(0);
  expect(present).toBeLessThan(COUNT);
  expect(await imports()).toMatchObject([{ planned: COUNT, present, canUndo: true }]);
  // Every one of them opens and signs for its own public key.
  const out = await home.run(
    ["export", "--cxf", "-o", join(home.path, "half.json"), "--sentence", EXPORT_SENTENCES.en, "--json"],
    [PASSPHRASE, PASSPHRASE],
  );
  expect(jsonOf(out)).toMatchObject({ passkeys: present, unopened: 0 });
  await home.open("import", "--undo", "--yes");
  expect(await listed()).toEqual([]);
  expect(await imports()).toEqual([]);
});

test("promise 1: the same file again brings the rest, each once", async () => {
  await importAndDie();
  const present = (await listed()).length;
  const again = jsonOf(await home.open("import", file, "--yes", "--json"));
  expect(again).toMatchObject({ counts: { new: COUNT - present, alreadyHere: present, cannot: 0 } });
  expect(await listed()).toHaveLength(COUNT);
});
