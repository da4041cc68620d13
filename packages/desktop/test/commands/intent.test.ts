/** What is wanted while no mailbox can be reached, from the command line. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Home, jsonOf, register } from "./program.ts";

let home: Home;
beforeEach(async () => {
  home = new Home();
  // Nobody listens there.
  await home.found((host) => register(host, "example.org", "ana"), ["http://127.0.0.1:9"]);
});
afterEach(() => home.remove());

test("is kept, shown in status and list, and can be taken back", async () => {
  await home.open("passkey", "rm", "example.org", "--yes");
  const purged = await home.run(
    ["passkey", "purge", "example.org", "--yes"],
    ["correct horse", "correct horse"],
  );
  expect(purged).toMatchObject({ exit: 0, stderr: expect.stringMatching(/^not erased yet: no mailbox/) });
  const rotated = await home.open("vault", "rotate", "--json");
  expect({ exit: rotated.exit, ...jsonOf(rotated) }).toMatchObject({ exit: 0, intended: true, epoch: null });

  const listed = await home.open("intent", "list");
  expect(listed.stdout).toMatch(/^[0-9a-f]{16} +erase example\.org\/ana +\d{4}-/m);
  expect(listed.stdout).toMatch(/^[0-9a-f]{16} +change the vault's keys +\d{4}-/m);
  const { intents } = jsonOf(await home.open("status", "--unlock", "--json")) as unknown as {
    intents: { id: string; kind: string }[];
  };
  expect(intents.map(({ kind }) => kind).sort()).toEqual(["purge", "rotation"]);
  expect((await home.open("status", "--unlock")).stdout).toMatch(
    /^waits +erase example\.org\/ana: at the next contact/m,
  );

  for (const { id } of intents) {
    expect(await home.open("intent", "withdraw", id.slice(0, 8))).toMatchObject({
      exit: 0,
      stderr: "taken back: it does not happen\n",
    });
  }
  expect((await home.open("intent", "withdraw", intents[0]?.id ?? "")).exit).toBe(3);
  expect(await home.open("intent", "list")).toMatchObject({ stderr: "nothing waits for contact\n" });
}, 60_000);

test("nothing is kept of what there is not", async () => {
  const refused = await home.open("device", "remove", "Laptop", "--yes", "--json");
  expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({ exit: 3, code: "LK-VAULT-NOT-FOUND" });
  expect(jsonOf(await home.open("intent", "list", "--json"))).toMatchObject({ intents: [] });
});
