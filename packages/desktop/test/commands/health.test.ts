/** What `status` and `doctor` say of copies: two machines, real programs, one mailbox. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, jsonOf, PASSPHRASE, register } from "./program.ts";
import { openHost, withPassphrase } from "../host/hosts.ts";
import { LAPTOP_PASSPHRASE, pairLaptop, startTwoHomes, type TwoHomes } from "./two-homes.ts";

let homes: TwoHomes;
beforeAll(async () => {
  homes = await startTwoHomes();
  await pairLaptop(homes);
}, 60_000);
afterAll(() => homes.close());

const health = async (): Promise<unknown> =>
  jsonOf(await homes.desk.open("status", "--json=health"))["health"];

const failedOf = (ended: Ended): string[] =>
  (jsonOf(ended)["checks"] as { id: string; ok: boolean | null }[])
    .filter(({ ok }) => ok === false)
    .map(({ id }) => id);

/** A day of use on the second machine: what it has is said to the others. */
async function speakOnLaptop(): Promise<void> {
  const { desk, other } = homes;
  expect((await desk.open("sync", "now")).exit).toBe(0);
  expect((await other.run(["sync", "now"], [LAPTOP_PASSPHRASE])).exit).toBe(0);
  const host = openHost(other.vault);
  try {
    await host.unlock(withPassphrase(LAPTOP_PASSPHRASE));
    await (await host.device()).writeBeacon();
  } finally {
    await host.close();
  }
  expect((await other.run(["sync", "now"], [LAPTOP_PASSPHRASE])).exit).toBe(0);
  expect((await desk.open("sync", "now")).exit).toBe(0);
}

test("two fresh copies: nothing to say, and the doctor finds nothing", async () => {
  await speakOnLaptop();
  expect(await health()).toEqual([]);
  expect((await homes.desk.open("status")).stdout).not.toMatch(/^note/m);
  const ended = await homes.desk.spawn(["doctor", "--json"], [PASSPHRASE]);
  expect([ended.exit, failedOf(ended)]).toEqual([0, []]);
}, 60_000);

test("a passkey that only one machine has is named by status, counted by the doctor, until the other has it", async () => {
  const host = openHost(homes.desk.vault);
  try {
    await host.unlock(withPassphrase());
    await register(host, "two.example", "ben");
  } finally {
    await host.close();
  }
  expect(await health()).toEqual([
    {
      is: "only-here",
      passkeys: [{ id: expect.any(String) as string, site: "two.example", user: "ben" }],
    },
  ]);
  const { stdout } = await homes.desk.open("status");
  expect(stdout).toMatch(/^note +known only on this device: two\.example \(ben\); latchkey up here and on/m);
  expect(stdout).not.toMatch(/^copies .*known only/m);
  const ended = await homes.desk.spawn(["doctor", "--json"], [PASSPHRASE]);
  expect([ended.exit, failedOf(ended)]).toEqual([8, ["copies"]]);
  expect(ended.stdout).toContain("1 passkey known only on this device");
  expect(ended.stdout).not.toContain("two.example");
  await speakOnLaptop();
  expect(await health()).toEqual([]);
}, 60_000);
