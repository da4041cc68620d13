/** Making a vault, opening it, and what stands in the way of either: processes and `main`, real files. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHost } from "../host/hosts.ts";
import { createLineReader, Home, jsonOf, PASSPHRASE } from "./program.ts";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

describe("init", () => {
  test("makes a vault at the shipped cost that its passphrase opens", async () => {
    const args = [
      "init",
      "--name",
      "Desk",
      "--relay",
      "https://relay.example",
      "--json",
      "--passphrase-stdin",
    ];
    const made = await home.spawn(args, [], "new passphrase\n");
    expect({ exit: made.exit, ...jsonOf(made) }).toEqual({
      exit: 0,
      schema: 1,
      ok: true,
      vault: home.vault,
      device: "Desk",
      relays: ["https://relay.example"],
    });
    if (process.platform !== "win32") expect(statSync(home.vault).mode & 0o777).toBe(0o600);
    const before = readFileSync(home.vault);
    expect(await home.run(["init"], ["other"])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("LK-VAULT-EXISTS"),
    });
    expect(readFileSync(home.vault)).toEqual(before);
    expect(await home.run(["unlock"], ["new passphrase"])).toMatchObject({
      exit: 0,
      stderr: "the passphrase is right; nothing stays open without latchkey up\n",
    });
  });

  test.for([
    [["--no-relay", "--relay", "https://relay.example"], ["x"], 2, "LK-CLI-USAGE"],
    [["--relay", "relay.example"], ["x"], 1, "LK-RELAY-ORIGIN"],
    [["--name", " "], ["x"], 2, "LK-CLI-USAGE"],
    [["--name", "x".repeat(65)], ["x"], 2, "LK-CLI-USAGE"],
    [["--generate"], ["x"], 2, "LK-CLI-USAGE"],
    [["--no-input"], [], 2, "LK-CLI-NO-INPUT"],
    [["--generate", "--no-input"], [], 2, "LK-CLI-NO-INPUT"],
    [["--passphrase", "x"], [], 2, "LK-CLI-SECRET-EXPOSED"],
  ] as const)("refuses %j with %j on its descriptor", async ([options, lines, exit, code]) => {
    const ended = await home.run(["init", "--json", ...options], lines);
    expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({
      exit,
      schema: 1,
      ok: false,
      code,
      message: expect.any(String),
      hint: expect.stringMatching(/^[^A-Z].*[^.]$/s),
    });
    expect(existsSync(home.vault)).toBe(false);
  });
});

describe("a vault that cannot be used", () => {
  const spoil: Readonly<Record<string, () => unknown>> = {
    "LK-VAULT-MISSING": () => {},
    "LK-VAULT-NOT-A-VAULT": () => {
      mkdirSync(dirname(home.vault), { recursive: true });
      writeFileSync(home.vault, "a letter\n".repeat(100));
    },
    "LK-VAULT-NEWER": async () => {
      await home.found();
      const database = new DatabaseSync(home.vault);
      database.exec("PRAGMA user_version = 99");
      database.close();
    },
  };

  test.for([
    ["LK-VAULT-MISSING", 3],
    ["LK-VAULT-NOT-A-VAULT", 1],
    ["LK-VAULT-NEWER", 1],
  ] as const)("%s ends with %i, for any command, before a passphrase is asked", async ([code, exit]) => {
    await spoil[code]?.();
    for (const command of ["passkey list", "conflict list", "device list", "status", "unlock", "lock"]) {
      const ended = await home.run([...command.split(" "), "--json", "--no-input"]);
      expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit, code });
    }
  });

  test("is in use by another process, and free again after it", async () => {
    await home.found();
    const holder = openHost(home.vault);
    try {
      const ended = await home.spawn(["passkey", "list", "--json"], [PASSPHRASE]);
      expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit: 1, code: "LK-VAULT-IN-USE" });
    } finally {
      await holder.close();
    }
    expect((await home.spawn(["passkey", "list"], [PASSPHRASE])).exit).toBe(0);
  });

  test("is locked where nobody can be asked: exit 2, with a hint", async () => {
    await home.found();
    expect(await home.run(["passkey", "list", "--no-input"])).toEqual({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/LK-CLI-NO-INPUT.*passphrase to list your passkeys.*\n.*hint: /s),
    });
  });
});

describe("status", () => {
  test("of a locked vault tells so and asks for nothing", async () => {
    await home.found();
    expect(await home.run(["status", "--no-input"])).toEqual({
      exit: 0,
      stdout: `vault  ${home.vault}\nstate  locked\n`,
      stderr: "",
    });
    expect((await home.run(["status", "--unlock", "--no-input"])).exit).toBe(2);
    expect((await home.run(["status", "--watch", "--no-input"])).exit).toBe(2);
  });

  test("of an open vault has the fields of its data and the words for people", async () => {
    await home.found();
    expect(jsonOf(await home.open("status", "--json=state,device,passkeys,devices,conflicts"))).toEqual({
      schema: 1,
      ok: true,
      state: "open",
      device: "Desk",
      passkeys: 0,
      devices: 1,
      conflicts: 0,
    });
    const { stdout } = await home.open("status");
    expect(stdout).toMatch(/^fingerprint {2}(?:[a-z]+ ){5}[a-z]+$/m);
    expect(stdout).toMatch(
      /^note {9}only on this device; latchkey device add makes a second copy, or a tested recovery page$/m,
    );
  });

  test("is watched until it is interrupted", async () => {
    await home.found();
    const child = home.start(["status", "--watch", "--json"], [PASSPHRASE]);
    const read = createLineReader(child);
    expect(await read(() => true)).toMatchObject({ state: "open", device: "Desk" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });
});

test("lock without a host has nothing to lock, and says so", async () => {
  await home.found();
  expect(await home.run(["lock"])).toMatchObject({
    exit: 0,
    stderr: "the vault is locked: no latchkey up has it open\n",
  });
});
