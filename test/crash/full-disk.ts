/**
 * Uses a vault on the small file system at argv[2] until it is full: a change of keys does not fit, then no edit does, then there is space again.
 * Copies the files as they were on the full disk and at the end to argv[3], and prints as JSON what it saw.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { isVaultError } from "@latchkey/core/errors";
import { LiveDevice } from "../scenario/live-device.ts";
import { register, signIn } from "../scenario/site.ts";

const [disk = "", copies = ""] = process.argv.slice(2);
const fillers = join(disk, "fillers");
/** Room for some edits, and not for a change of keys. */
const LEFT_BYTES = 168 * 1024;

function fill(): void {
  mkdirSync(fillers);
  try {
    for (let i = 0; ; i++) writeFileSync(join(fillers, String(i)), new Uint8Array(4096));
  } catch {
    for (let i = 0; i < LEFT_BYTES / 4096; i++) rmSync(join(fillers, String(i)));
  }
}

function copyTo(name: string): void {
  mkdirSync(join(copies, name));
  for (const file of readdirSync(disk)) {
    if (file.startsWith("desk")) copyFileSync(join(disk, file), join(copies, name, file));
  }
}

async function codeOf(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (isVaultError(error)) return error.code;
    throw error;
  }
}

const device = await LiveDevice.found(join(disk, "desk.latchkey"), "Desk", []);
const account = await register(device.transact, "one.example", "ana");
const { id } = device.document.list()[0]!;
let saved = 0;
const edit = async (): Promise<void> => {
  await editPasskey(device.device, id, "note", `note ${saved + 1}`);
  saved++;
};
const canSignIn = async (): Promise<boolean> =>
  (await codeOf(() => signIn(device.transact, account))) === null;

await edit();
await device.call("vault.rotate", {});
await edit();
fill();
const change = await codeOf(() => device.call("vault.rotate", {}));
const epochWhenFull = device.device.epoch.record.number;
const signsInWhenChangeFailed = await canSignIn();
const before = saved;
let refused: string | null = null;
while (refused === null) refused = await codeOf(edit);
const [editsThatFitted, savedWhenFull] = [saved - before, saved];
const shownWhenFull = device.document.get(id)?.note;
const signsInWhenFull = await canSignIn();
copyTo("full");
rmSync(fillers, { recursive: true });
const changeAfter = await codeOf(() => device.call("vault.rotate", {}));
const editAfter = await codeOf(edit);
const signsInAfter = await canSignIn();
await device.close();
copyTo("after");
console.log(
  JSON.stringify({
    account: {
      ...account,
      credential: { ...account.credential, publicKey: [...account.credential.publicKey] },
    },
    saved: { full: savedWhenFull, after: saved },
    facts: {
      change,
      epochWhenFull,
      signsInWhenChangeFailed,
      refused,
      someEditsFitted: editsThatFitted > 0,
      shownWhenFull: shownWhenFull === `note ${savedWhenFull}`,
      signsInWhenFull,
      changeAfter,
      editAfter,
      signsInAfter,
    },
  }),
);
