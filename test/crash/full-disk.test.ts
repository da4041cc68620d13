/**
 * A disk that is full while a vault is edited and while its keys change (sync-protocol.md § 11), with a real file system of 1 MiB in a mount
 * namespace of its own: what does not fit is refused whole, what was saved stays, sign-in works all the while.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LiveDevice } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { type Account, signIn } from "../scenario/site.ts";

const INNER = join(import.meta.dirname, "full-disk.ts");
const OWN_MOUNTS = ["--user", "--map-root-user", "--mount"];
const MOUNT =
  'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" --disable-warning=ExperimentalWarning "$3" "$1" "$4"';
const mustRun = process.env["CI"] === "true";

/** Linux, where nobody has taken user namespaces away. */
const canMount = (): boolean =>
  spawnSync("unshare", [...OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;

interface Seen {
  readonly account: Account;
  readonly saved: { readonly full: number; readonly after: number };
  readonly facts: unknown;
}

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

async function fillDisk(): Promise<Seen> {
  const [disk, copies] = [join(folder.path, "disk"), join(folder.path, "copies")];
  for (const path of [disk, copies]) mkdirSync(path);
  const shell = ["sh", "-c", MOUNT, "sh", disk, process.execPath, INNER, copies];
  const { stdout } = await promisify(execFile)("unshare", [...OWN_MOUNTS, ...shell]);
  const { account, saved, facts } = JSON.parse(stdout) as Seen;
  const publicKey = new Uint8Array(account.credential.publicKey);
  return { account: { ...account, credential: { ...account.credential, publicKey } }, saved, facts };
}

test.skipIf(!mustRun && !canMount())(
  "a change of keys or an edit that does not fit on the disk is refused whole; nothing saved is lost, and sign-in goes on",
  async () => {
    const { account, saved, facts } = await fillDisk();
    expect(facts).toEqual({
      change: "LK-VAULT-DISK-FULL",
      epochWhenFull: 2,
      signsInWhenChangeFailed: true,
      refused: "LK-VAULT-DISK-FULL",
      someEditsFitted: true,
      shownWhenFull: true,
      signsInWhenFull: true,
      changeAfter: null,
      editAfter: null,
      signsInAfter: true,
    });
    for (const [when, epoch] of [
      ["full", 2],
      ["after", 3],
    ] as const) {
      // As another process finds it, after this one was killed on the full disk, and after it ended.
      const device = await LiveDevice.open(join(folder.path, "copies", when, "desk.latchkey"), "Desk");
      expect(device.device.epoch.record.number).toBe(epoch);
      expect(device.document.list().map(({ note }) => note)).toEqual([`note ${saved[when]}`]);
      await expectWhole(device);
      await signIn(device.transact, account);
      await device.close();
    }
  },
);
