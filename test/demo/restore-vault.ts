/** The last step: a recovery page is made, every device is lost, and page and relay bring the vault back on a machine that never saw it. */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Account } from "./account.ts";
import { CommandFailure, type Device, type Json } from "./device.ts";
import type { visit } from "./website.ts";

/** The ten groups, as they stand on the sheet: what somebody types. */
function readPaper(pdf: string): string {
  const groups = [...readFileSync(pdf, "latin1").matchAll(/\/typed 20 Tf [\d. ]+ Td \(([0-9A-Z]{5})\) Tj/g)];
  return groups.map(([, group]) => group).join(" ");
}

export async function restoreVault(
  account: Account,
  {
    desk,
    others,
    fresh,
    site,
    origin,
    folder,
  }: {
    readonly desk: Device;
    readonly others: readonly Device[];
    readonly fresh: Device;
    readonly site: ReturnType<typeof visit>;
    readonly origin: string;
    readonly folder: string;
  },
): Promise<void> {
  const pdf = join(folder, "page.pdf");
  const made = await desk.run("recovery", "create", "--pdf", pdf);
  account.say(`${desk.name} printed a recovery page of ten groups of five characters`);
  const tested = await desk.runTyping(readPaper(pdf), "recovery", "test");
  account.check(
    `the drill: works, opens ${String(tested["opens"])} of ${String(tested["passkeys"])} passkeys`,
    tested["works"] === true && made["locator"] === "told",
  );
  const before = await usersOf(desk);
  for (const device of [desk, ...others]) rmSync(dirname(device.vault), { recursive: true });
  account.say("every device is gone: their folders are deleted");

  const groups = readPaper(pdf).split(" ");
  const typo = groups.with(3, `${groups[3]?.startsWith("0") ? "1" : "0"}${groups[3]?.slice(1)}`).join(" ");
  const newPdf = join(folder, "new-page.pdf");
  const restore = (paper: string): Promise<Json> =>
    fresh.runTyping(
      paper,
      "recovery",
      "restore",
      "--relay",
      origin,
      "--remove-all",
      "--name",
      fresh.name,
      "--pdf",
      newPdf,
    );
  account.check(
    "a typing error is named with its group",
    (await refusalOf(restore(typo))).includes("group 4"),
  );
  await restore(readPaper(pdf));
  const after = await usersOf(fresh);
  account.check(`${fresh.name} has all ${after.length} passkeys`, after.join() === before.join());
  const signedIn = await site.signIn(fresh, "ana@orchard");
  account.check(`${fresh.name} signed in as ${signedIn.userName}`, signedIn.userName === "ana@orchard");
  const old = await refusalOf(fresh.runTyping(readPaper(pdf), "recovery", "test"));
  account.check("the old page is dead and says so", old.includes("LK-RECOVERY-DEAD"));
  const works = await fresh.runTyping(readPaper(newPdf), "recovery", "test");
  account.check("the new page works", works["works"] === true);
}

const usersOf = async (device: Device): Promise<string[]> =>
  ((await device.run("passkey", "list"))["passkeys"] as readonly Json[])
    .map(({ user }) => String(user))
    .toSorted();

async function refusalOf(attempt: Promise<Json>): Promise<string> {
  try {
    await attempt;
    return "accepted";
  } catch (error) {
    if (error instanceof CommandFailure) return error.message;
    throw error;
  }
}
