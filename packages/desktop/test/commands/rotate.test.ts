/** `latchkey rotate …`, after a device was lost: from its removal to the last passkey. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, PASSPHRASE } from "./program.ts";
import { pairLaptop, startTwoHomes, type TwoHomes } from "./two-homes.ts";

let homes: TwoHomes;
beforeAll(async () => {
  homes = await startTwoHomes();
  await pairLaptop(homes);
}, 60_000);
afterAll(() => homes.close());

test("nothing is to be replaced while nothing is lost", async () => {
  expect(jsonOf(await homes.desk.open("rotate", "plan", "--json"))).toMatchObject({
    code: "LK-VAULT-NOT-FOUND",
  });
});

test("a lost device leaves a plan, which is worked through and can be taken back", async () => {
  const { desk } = homes;
  const removed = await desk.run(["device", "remove", "Laptop", "--lost", "--yes"], [PASSPHRASE, PASSPHRASE]);
  expect([removed.exit, removed.stderr]).toEqual([
    0,
    expect.stringContaining("latchkey rotate plan lists them"),
  ]);
  const plan = await desk.open("rotate", "plan", "--device", "Laptop");
  expect(plan.stdout).toMatch(/^example\.org +ana +to be replaced$/m);
  expect(plan.stderr).toContain("Laptop may still hold 1 passkey, 1 to be replaced");
  expect((await desk.open("rotate", "done", "example.org")).stderr).toContain("marked as replaced");
  expect(jsonOf(await desk.open("rotate", "plan", "--json"))).toMatchObject({
    ok: true,
    total: 1,
    open: 0,
    steps: [{ site: "example.org", state: "done" }],
  });
  expect((await desk.open("rotate", "done", "example.org", "--undo")).exit).toBe(0);
  expect(jsonOf(await desk.open("rotate", "plan", "--json"))).toMatchObject({ open: 1 });
  expect((await desk.open("audit", "list")).stdout).toMatch(/removed Laptop$/m);
});
