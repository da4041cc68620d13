/** Moving in and out by command: every sample in, out in every format, into another vault: the same keys, ids, handles and flags. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPolicyValues } from "@latchkey/core/policy/policy";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createLineReader, finish, Home, type Json, jsonOf, PASSPHRASE } from "./program.ts";
import { manyPasskeys } from "./many-passkeys.ts";

const SAMPLES = new URL("../../../core/test/vectors/exchange/", import.meta.url);
const sample = (name: string): string => fileURLToPath(new URL(name, SAMPLES));
const expected = JSON.parse(readFileSync(sample("expected.json"), "utf8")) as {
  passkeys: Record<string, { credentialId: string; rpId: string; userHandle: string; publicKeySpki: string }>;
  files: Record<string, { password?: string; rows: { passkey: string }[] }>;
};
const SENTENCE = ["--sentence", EXPORT_SENTENCES.en];

let folder: string;
let homes: Home[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-moving-"));
});
afterAll(() => {
  for (const home of homes) home.remove();
  homes = [];
  rmSync(folder, { recursive: true });
});

async function newHome(): Promise<Home> {
  const home = new Home();
  homes.push(home);
  await home.found();
  return home;
}

const bring = async (home: Home, file: string, password?: string): Promise<Json> =>
  jsonOf(
    await home.run(
      ["import", file, "--yes", "--json"],
      password === undefined ? [PASSPHRASE] : [PASSPHRASE, password],
    ),
  );

/** What a site would see of each passkey of the vault, from its export as CXF. */
async function contents(home: Home): Promise<Json[]> {
  const path = join(folder, `contents-${Math.random()}.json`);
  const out = await home.run(
    ["export", "--cxf", "-o", path, ...SENTENCE, "--json"],
    [PASSPHRASE, PASSPHRASE],
  );
  expect(out.exit, out.stderr).toBe(0);
  const [{ items }] = (JSON.parse(readFileSync(path, "utf8")) as { accounts: [{ items: Json[] }] }).accounts;
  return items.map((item) => {
    const [passkey] = item["credentials"] as [Json];
    const [extension] = item["extensions"] as [{ passkeys: [Json] }];
    return { ...passkey, own: extension.passkeys[0], title: item["title"], tags: item["tags"] };
  });
}

const spkiOf = (passkey: Json): string =>
  createPublicKey(
    createPrivateKey({
      key: Buffer.from(passkey["key"] as string, "base64url"),
      format: "der",
      type: "pkcs8",
    }),
  )
    .export({ format: "der", type: "spki" })
    .toString("base64url");

describe.each(Object.entries(expected.files))("%s", (name, { password, rows }) => {
  let home: Home;
  let before: Json[];
  beforeAll(async () => {
    home = await newHome();
    expect(await bring(home, sample(name), password)).toMatchObject({
      counts: { new: rows.length, cannot: 0 },
    });
    before = await contents(home);
  });

  test("has the same keys, ids, sites and handles in the vault", () => {
    const facts = before.map((passkey) => ({
      credentialId: passkey["credentialId"],
      rpId: passkey["rpId"],
      userHandle: passkey["userHandle"],
      publicKeySpki: spkiOf(passkey),
    }));
    const wanted = rows.map(({ passkey }) => {
      const { credentialId, rpId, userHandle, publicKeySpki } = expected.passkeys[passkey]!;
      return { credentialId, rpId, userHandle, publicKeySpki };
    });
    const order = (a: Json, b: Json): number =>
      String(a["credentialId"]) < String(b["credentialId"]) ? -1 : 1;
    expect([...facts].sort(order)).toEqual([...wanted].sort(order));
  });

  test("is all already here the second time", async () => {
    expect(await bring(home, sample(name), password)).toMatchObject({
      counts: { new: 0, alreadyHere: rows.length },
      batch: null,
    });
  });

  test("through CXF into another vault is the same in every field", async () => {
    const path = join(folder, `${name}.cxf`);
    await home.run(["export", "--cxf", "-o", path, ...SENTENCE], [PASSPHRASE, PASSPHRASE]);
    const other = await newHome();
    expect(await bring(other, path)).toMatchObject({ counts: { new: rows.length } });
    expect(await contents(other)).toEqual(before);
  });

  test.each(["--bitwarden", "--passkey"])("through %s keeps what that format carries", async (format) => {
    const path = join(folder, `${name}${format}`);
    const lines = [PASSPHRASE, PASSPHRASE, "pässword of the file"];
    const out = await home.run(["export", format, "-o", path, ...SENTENCE, "--accept-loss", "--json"], lines);
    expect(out.exit, out.stderr).toBe(0);
    const carried = before.filter((passkey) => format === "--passkey" || passkey["rpId"] === "es256.example");
    expect(jsonOf(out)).toMatchObject({ passkeys: carried.length });
    if (carried.length === 0) return;
    const other = await newHome();
    await bring(other, path, format === "--bitwarden" ? lines[2] : undefined);
    const facts = ({ credentialId, rpId, userHandle, username, key }: Json) => ({
      credentialId,
      rpId,
      userHandle,
      username,
      key,
    });
    const names = ({ userDisplayName, own, title }: Json) => ({
      userDisplayName,
      title,
      discoverable: (own as Json)["discoverable"],
    });
    const after = await contents(other);
    expect(after.map(facts)).toEqual(carried.map(facts));
    if (format === "--bitwarden") expect(after.map(names)).toEqual(carried.map(names));
  });
});

describe("an import", () => {
  test("writes nothing in a dry run, nor without consent", async () => {
    const home = await newHome();
    const entries = async () => jsonOf(await home.open("status", "--unlock", "--json=entries"))["entries"];
    const before = await entries();
    expect(jsonOf(await home.open("import", sample("cxf.json"), "--dry-run", "--json"))).toMatchObject({
      counts: { new: 4 },
      dryRun: true,
    });
    const refused = await home.open("import", sample("cxf.json"), "--no-input", "--json");
    expect(refused).toMatchObject({ exit: 2 });
    expect(await entries()).toBe(before);
  });

  test("is undone as a whole, and comes back", async () => {
    const home = await newHome();
    await bring(home, sample("es256-64.passkey"));
    const { batch } = await bring(home, sample("cxf.json"));
    expect(jsonOf(await home.open("import", "--undo", "--yes", "--json"))).toMatchObject({
      undone: { id: batch, present: 3 },
    });
    expect(jsonOf(await home.open("passkey", "list", "--json"))["passkeys"]).toHaveLength(1);
    expect(await bring(home, sample("cxf.json"))).toMatchObject({ counts: { new: 3 } });
    expect(jsonOf(await home.open("passkey", "list", "--json"))["passkeys"]).toHaveLength(4);
  });

  test("keeps all that it brought when the vault's keys are changed", async () => {
    const home = await newHome();
    await bring(home, sample("cxf.json"));
    await bring(home, sample("bitwarden.json"));
    const before = await contents(home);
    expect((await home.run(["vault", "rotate"], [PASSPHRASE, PASSPHRASE])).exit).toBe(0);
    expect(await contents(home)).toEqual(before);
    expect(jsonOf(await home.open("import", "--undo", "--yes", "--json"))).toMatchObject({
      undone: { present: 4 },
    });
  });

  test("is one line of a passkey's history, and its notes for itself are none", async () => {
    const home = await newHome();
    await bring(home, sample("eddsa.passkey"));
    const { events } = jsonOf(await home.open("passkey", "history", "ed.example", "--json"));
    const fields = (events as Json[]).flatMap(({ field }) => (field === null ? [] : [field]));
    expect(fields.sort()).toEqual(["display-name", "name", "title"]);
  });

  test("has nothing to undo where nothing came in", async () => {
    const home = await newHome();
    const out = await home.open("import", "--undo", "--yes", "--json");
    expect(jsonOf(out)).toMatchObject({ ok: false, code: "LK-IMPORT-BATCH" });
  });

  test("of a wrong password or an unreadable file says so", async () => {
    const home = await newHome();
    const wrong = await home.run(
      ["import", sample("bitwarden-encrypted-pbkdf2.json"), "--json"],
      [PASSPHRASE, "wrong"],
    );
    expect(jsonOf(wrong)).toMatchObject({ code: "LK-IMPORT-PASSWORD" });
    expect(jsonOf(await home.open("import", join(folder, "nothing"), "--json"))).toMatchObject({
      code: "LK-IMPORT-FILE",
    });
    const other = await home.open("import", sample("cxf.json"), "--format", "bitwarden", "--json");
    expect(jsonOf(other)).toMatchObject({ code: "LK-IMPORT-FORMAT" });
  });

  test("takes a folder of .passkey files, and names the one that is none", async () => {
    const home = await newHome();
    const path = mkdtempSync(join(folder, "keepass-"));
    for (const name of ["eddsa.passkey", "rs256.passkey"])
      writeFileSync(join(path, name), readFileSync(sample(name)));
    writeFileSync(join(path, "broken.passkey"), "{");
    const out = await home.open("import", path, "--yes", "--json");
    expect(out.exit).toBe(8);
    expect(jsonOf(out)).toMatchObject({ counts: { new: 2, cannot: 1 } });
    expect((jsonOf(out)["rows"] as Json[])[0]).toMatchObject({
      at: "broken.passkey",
      reasons: ["layout-unknown"],
    });
  });
});

describe("an export", () => {
  let home: Home;
  beforeAll(async () => {
    home = await newHome();
    await bring(home, sample("cxf.json"));
  });

  test("without the sentence, or with another, writes nothing", async () => {
    const path = join(folder, "unconfirmed");
    const out = await home.run(
      ["export", "--cxf", "-o", path, "--sentence", "yes", "--json"],
      [PASSPHRASE, PASSPHRASE],
    );
    expect(jsonOf(out)).toMatchObject({ code: "LK-EXPORT-UNCONFIRMED" });
    expect(existsSync(path)).toBe(false);
  });

  test("is for its owner's eyes only, and never replaces a file", async () => {
    const path = join(folder, "once");
    const run = () =>
      home.run(["export", "--cxf", "-o", path, ...SENTENCE, "--json"], [PASSPHRASE, PASSPHRASE]);
    expect((await run()).exit).toBe(0);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    const first = readFileSync(path);
    expect(jsonOf(await run())).toMatchObject({ code: "LK-EXPORT-FILE" });
    expect(readFileSync(path)).toEqual(first);
    expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  test("says what the format cannot carry before it writes", async () => {
    const out = await home.open("export", "--bitwarden", "--dry-run", "--json");
    const rows = jsonOf(out)["rows"] as Json[];
    expect(jsonOf(out)).toMatchObject({ passkeys: 2, leftOut: 2 });
    expect(rows.filter(({ leftOut }) => leftOut === "algorithm-unsupported")).toHaveLength(2);
    expect(rows.find(({ losses }) => (losses as string[]).includes("prf"))).toMatchObject({
      losses: ["prf", "cred-blob", "large-blob"],
    });
  });

  test("is refused where an organization forbids it", async () => {
    let printed = "";
    const exit = await main({
      args: [
        "export",
        "--cxf",
        "-o",
        join(folder, "forbidden"),
        ...SENTENCE,
        "--vault",
        home.vault,
        "--json",
      ],
      env: {},
      stdout: { write: (text: string) => (printed += text) },
      stderr: { write: () => true },
      interruption: new AbortController().signal,
      policy: readPolicyValues({ ForbidPlainExport: true }, "policy.json"),
    });
    expect({ exit, printed: JSON.parse(printed) as unknown }).toMatchObject({
      exit: 1,
      printed: { code: "LK-POLICY-FORBIDDEN" },
    });
  });
});

describe("with a host that runs already", () => {
  let home: Home;
  let host: ChildProcess;
  beforeAll(async () => {
    home = await newHome();
    host = home.start(["up", "--locked", "--json"]);
    await createLineReader(host)((line) => line["event"] === "up");
    await home.run(["unlock"], [PASSPHRASE]);
  });
  afterAll(async () => {
    const ended = finish(host);
    host.kill("SIGTERM");
    await ended;
  });

  test("300 passkeys go in and out through its socket, the person verified for each act", async () => {
    const file = join(folder, "many.json");
    writeFileSync(file, JSON.stringify(manyPasskeys(300)));
    expect((await home.run(["import", file, "--yes", "--json"])).exit).toBe(2);
    expect(await bring(home, file)).toMatchObject({ counts: { new: 300 } });
    const path = join(folder, "many.cxf");
    const out = await home.run(["export", "--cxf", "-o", path, ...SENTENCE, "--json"], [PASSPHRASE]);
    expect(jsonOf(out)).toMatchObject({ passkeys: 300 });
    expect(await home.run(["import", path, "--dry-run", "--json"])).toMatchObject({ exit: 0 });
  });
});
