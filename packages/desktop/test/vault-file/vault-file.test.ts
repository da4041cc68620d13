/** Making, recognising and opening a vault file; a disk that is full; a file that is damaged as a file. */
import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { isVaultError } from "@latchkey/core/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createVaultFile, openVaultFile } from "../../src/vault-file/vault-file.ts";
import { createVaultFileHarness, withDatabase } from "./harness.ts";

const key = (...bytes: number[]): Uint8Array => new Uint8Array(bytes);
const code = (expected: string): object => expect.objectContaining({ code: expected });
const onPosix = process.platform !== "win32";

const OWN_MOUNTS = ["--user", "--map-root-user", "--mount"];

/** Linux, where nobody has taken user namespaces away. */
function canMount(): boolean {
  return spawnSync("unshare", [...OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;
}

let harness: ReturnType<typeof createVaultFileHarness>;
let path: string;

beforeEach(() => {
  harness = createVaultFileHarness();
  path = harness.path;
});

afterEach(() => harness.dispose());

describe("creating a vault file", () => {
  test("refuses a path where something is, and leaves it", () => {
    writeFileSync(path, "a diary");
    expect(() => createVaultFile(path)).toThrow(code("LK-VAULT-EXISTS"));
    expect(readFileSync(path, "utf8")).toBe("a diary");
  });

  test("makes the folders above it", async () => {
    await createVaultFile(join(dirname(path), "a/b/vault")).close();
    await openVaultFile(join(dirname(path), "a/b/vault")).close();
  });

  test("starts afresh after a creation that was interrupted", async () => {
    writeFileSync(`${path}.creating`, "half a vault");
    writeFileSync(`${path}-wal`, "log of a vault that was deleted");
    const store = createVaultFile(path);
    expect(await store.scan("meta")).toEqual([]);
    await store.close();
  });

  test("reports a folder that takes no file", () => {
    writeFileSync(path, "not a folder");
    expect(() => createVaultFile(join(path, "vault"))).toThrow(code("LK-VAULT-FILE"));
  });

  test.runIf(onPosix)("lets nobody else read file, log, lock or the folders it made", async () => {
    const inner = join(dirname(path), "own/vault");
    const store = createVaultFile(inner);
    await store.commit([{ table: "meta", key: key(1), value: key(1) }]);
    expect(statSync(dirname(inner)).mode & 0o777).toBe(0o700);
    for (const suffix of ["", "-wal", ".lock"]) expect(statSync(inner + suffix).mode & 0o777).toBe(0o600);
    await store.close();
  });
});

describe("opening a vault file", () => {
  test("reports that there is none, and makes nothing", () => {
    expect(() => openVaultFile(path)).toThrow(code("LK-VAULT-MISSING"));
    expect(() => statSync(`${path}.lock`)).toThrow("ENOENT");
  });

  test.for<[string, () => void]>([
    ["a text", () => writeFileSync(path, "a diary, longer than the header of any file, ".repeat(9))],
    ["an empty file", () => writeFileSync(path, "")],
    ["a cut header", () => writeFileSync(path, "SQLite format 3\0")],
    ["a folder", () => mkdirSync(path)],
    ["another application's SQLite file", () => withDatabase(path, (db) => db.exec("CREATE TABLE a (b)"))],
  ])("refuses %s as not a vault, and leaves it as it is", ([, make]) => {
    make();
    const before = statSync(path);
    expect(() => openVaultFile(path)).toThrow(code("LK-VAULT-NOT-A-VAULT"));
    expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
  });

  test.for([
    ["LK-VAULT-NEWER", "PRAGMA user_version=99"],
    ["LK-VAULT-DAMAGED", "DROP TABLE sign_in"],
    ["LK-VAULT-DAMAGED", "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END"],
    ["LK-VAULT-NOT-A-VAULT", "PRAGMA application_id=1"],
  ])("reports %s after %s", async ([expected, sql]) => {
    await createVaultFile(path).close();
    withDatabase(path, (database) => database.exec(sql as string));
    expect(() => openVaultFile(path)).toThrow(code(expected as string));
    // The lock was given back: nothing stays in use.
    expect(() => openVaultFile(path)).toThrow(code(expected as string));
  });

  test("adds to a file of the first layout what it lacks, and keeps what it has", async () => {
    const key = new Uint8Array([1]);
    const made = createVaultFile(path);
    await made.commit([{ table: "meta", key, value: key }]);
    await made.close();
    withDatabase(path, (database) => database.exec("DROP TABLE audit; PRAGMA user_version=1"));
    for (let opened = 0; opened < 2; opened++) {
      const store = openVaultFile(path);
      expect((await store.get("meta", key))?.value).toEqual(key);
      expect(await store.scan("audit")).toHaveLength(opened);
      await store.commit([{ table: "audit", key, value: key }]);
      await store.close();
    }
  });

  test.runIf(onPosix)("takes a file that others could read from their eyes", async () => {
    await createVaultFile(path).close();
    const copy = `${path}-copy`;
    copyFileSync(path, copy);
    chmodSync(copy, 0o644);
    await openVaultFile(copy).close();
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  test.runIf(onPosix)("knows a vault under two names as one", async () => {
    const store = createVaultFile(path);
    symlinkSync(path, `${path}-link`);
    expect(() => openVaultFile(`${path}-link`)).toThrow(code("LK-VAULT-IN-USE"));
    await store.close();
  });

  test("keeps other programs from writing while it is open", async () => {
    const store = createVaultFile(path);
    expect(() => withDatabase(path, (database) => database.exec("DELETE FROM meta"))).toThrow("locked");
    await store.close();
  });

  test("shows a row whose key was damaged as damaged, never as another row", async () => {
    const store = createVaultFile(path);
    await store.commit([{ table: "sign-in", key: key(1, 2, 3), value: key(9) }]);
    await store.close();
    withDatabase(path, (database) => database.exec("UPDATE sign_in SET key = x'010203ff'"));
    const again = openVaultFile(path);
    expect(await again.get("sign-in", key(1, 2, 3, 0xff))).toEqual({ key: key(1, 2, 3, 0xff), value: null });
    expect(await again.scan("sign-in")).toEqual([{ key: key(1, 2, 3, 0xff), value: null }]);
    await again.close();
  });

  test("shows a row that was moved from another key or table as damaged", async () => {
    const store = createVaultFile(path);
    await store.commit([
      { table: "sign-in", key: key(1), value: key(9) },
      { table: "sign-in", key: key(2), value: key(8) },
    ]);
    await store.close();
    withDatabase(path, (database) => {
      database.exec("INSERT INTO relay SELECT * FROM sign_in WHERE key = x'01'");
      database.exec("UPDATE sign_in SET (value, sum) = (SELECT value, sum FROM sign_in WHERE key = x'02')");
    });
    const again = openVaultFile(path);
    expect(await again.get("sign-in", key(1))).toEqual({ key: key(1), value: null });
    expect(await again.get("relay", key(1))).toEqual({ key: key(1), value: null });
    await again.close();
  });
});

describe("a vault file whose bytes were changed anywhere", () => {
  const PAGE_BYTES = 4096;
  const rows = Array.from({ length: 40 }, (_, i) => ({
    table: "entry" as const,
    key: key(i),
    value: encodeUtf8(`value of row ${i} `.repeat(20)),
  }));

  beforeEach(async () => {
    const store = createVaultFile(path);
    await store.commit(rows);
    await store.close();
  });

  /** Opens the file; whatever comes back is right or reported. The number of whole rows, or `null` when there is a code. */
  async function readAll(): Promise<number | null> {
    try {
      const store = openVaultFile(path);
      try {
        const found = await store.scan("entry");
        for (const row of found) {
          if (row.value !== null)
            expect(rows.find(({ key: at }) => at[0] === row.key[0])?.value).toEqual(row.value);
        }
        return found.filter(({ value }) => value !== null).length;
      } finally {
        await store.close();
      }
    } catch (error) {
      if (!isVaultError(error)) throw error;
      expect(error.code).toMatch(/^LK-VAULT-(?:DAMAGED|NOT-A-VAULT|NEWER|FILE)$/);
      return null;
    }
  }

  test("never gives a wrong row", async () => {
    const whole = readFileSync(path);
    const step = process.env["SLOW"] ? 17 : 251;
    let readable = 0;
    for (let at = 0; at < whole.length; at += step) {
      const spoiled = Buffer.from(whole);
      spoiled[at] = (spoiled[at] as number) ^ 0x55;
      writeFileSync(path, spoiled);
      if (((await readAll()) ?? 0) >= rows.length - 1) readable++;
    }
    // Most bytes belong to one row or to none.
    expect(readable).toBeGreaterThan((whole.length / step) * 0.5);
  });

  test("reports every cut of the file: as a whole, or as damaged rows when less than a page is gone", async () => {
    const whole = readFileSync(path);
    const step = process.env["SLOW"] ? 509 : 4001;
    for (let length = 0; length < whole.length; length += step) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const readable = await readAll();
      if (length <= whole.length - PAGE_BYTES) expect(readable).toBeNull();
    }
    writeFileSync(path, whole);
    truncateSync(path, whole.length - 64);
    expect(await readAll()).toBe(rows.length - 1);
  });
});

describe("a disk that is full", () => {
  test("loses nothing: the commit is refused whole, the rest can be read, and small changes still fit", async () => {
    await createVaultFile(path).close();
    const store = openVaultFile(path, { maxPages: 40 });
    await store.commit([{ table: "entry", key: key(1), value: key(1) }]);
    await expect(
      store.commit([
        { table: "entry", key: key(1), value: key(2) },
        { table: "snapshot", key: key(1), value: new Uint8Array(1024 * 1024) },
      ]),
    ).rejects.toThrow(code("LK-VAULT-DISK-FULL"));
    expect(await store.get("entry", key(1))).toEqual({ key: key(1), value: key(1) });
    expect(await store.get("snapshot", key(1))).toBeNull();
    await store.commit([{ table: "entry", key: key(1), value: key(3) }]);
    await store.close();
    const again = openVaultFile(path);
    expect(await again.get("entry", key(1))).toEqual({ key: key(1), value: key(3) });
    await again.close();
  });

  test.runIf(canMount())("does the same when the operating system says so", async () => {
    // A file system of 1 MiB in a mount namespace of its own; the inner process does the test and prints what it saw.
    const inner = join(import.meta.dirname, "full-disk.ts");
    const { stdout } = await promisify(execFile)("unshare", [
      ...OWN_MOUNTS,
      "sh",
      "-c",
      'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"',
      "sh",
      dirname(path),
      process.execPath,
      inner,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      refused: "LK-VAULT-DISK-FULL",
      committed: true,
      readable: true,
      afterFreeing: true,
      reopened: true,
      creating: "LK-VAULT-DISK-FULL",
      leftBehind: false,
    });
  });
});
