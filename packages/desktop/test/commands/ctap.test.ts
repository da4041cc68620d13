/** `latchkey ctap` over real pipes: throw-away and real vaults, and the ways in which a person may not be verified. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeFrame } from "../../src/ctap/frame.ts";
import { converse, finish, getAssertion, Home, makeCredential, PASSPHRASE, register } from "./program.ts";

const GET_INFO = Uint8Array.of(0x04);
const MAKE = makeCredential("example.org", "ana");
const GET = getAssertion("example.org");

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

describe("a throw-away vault", () => {
  test("makes a passkey and signs in, and is gone", async () => {
    expect(await converse(home.start(["ctap", "--ephemeral"]), [GET_INFO, MAKE, GET])).toEqual([0, 0, 0]);
    expect(await converse(home.start(["ctap", "--ephemeral"]), [GET])).toEqual([0x2e]);
  });

  test("has a person who says no", async () => {
    expect(await converse(home.start(["ctap", "--ephemeral", "--user", "deny"]), [MAKE])).toEqual([0x27]);
  });
});

describe("a real vault", () => {
  beforeEach(() => home.found());

  test("makes a passkey and signs in, with a line of the passphrase for each", async () => {
    const child = home.start(["ctap"], [PASSPHRASE, PASSPHRASE]);
    expect(await converse(child, [GET_INFO, MAKE, GET, GET])).toEqual([0, 0, 0, 0x27]);
    expect(await converse(home.start(["ctap"], [PASSPHRASE]), [GET])).toEqual([0]);
  });

  test("is not opened by a wrong passphrase, and by the right one after it", async () => {
    const child = home.start(["ctap"], ["wrong", PASSPHRASE]);
    expect(await converse(child, [MAKE, MAKE])).toEqual([0x27, 0]);
  });

  test("verifies nobody where nobody can be asked", async () => {
    const child = home.start(["ctap", "--no-input"]);
    expect(await converse(child, [GET_INFO, MAKE, GET])).toEqual([0, 0x27, 0x27]);
  });

  test("answers with 0x2d what still waits for the passphrase when the client goes away", async () => {
    const child = home.start(["ctap"], "silence");
    child.stdin?.end(encodeFrame(MAKE));
    const output = await new Promise<Buffer>((resolve) =>
      (child.stdout as Readable).once("data", (chunk: Buffer) => resolve(chunk)),
    );
    expect([...output]).toEqual([0, 0, 0, 1, 0x2d]);
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  });

  test("ends in good order when it is interrupted", async () => {
    const child = home.start(["ctap"], [PASSPHRASE]);
    const errors = text(child.stderr as Readable);
    const exit = new Promise((resolve) => child.once("exit", resolve));
    child.stdin?.write(encodeFrame(GET_INFO));
    (child.stdout as Readable).once("data", () => child.kill("SIGTERM"));
    expect(await exit).toBe(130);
    expect(await errors).toContain("LK-CLI-CANCELLED: interrupted");
  });
});

test("signs with a passkey that a site registered before", async () => {
  await home.found((host) => register(host, "example.org", "ana"));
  expect(await converse(home.start(["ctap"], [PASSPHRASE]), [GET])).toEqual([0]);
  const other = getAssertion("example.net");
  expect(await converse(home.start(["ctap"], [PASSPHRASE]), [other])).toEqual([0x2e]);
});

test("loads for a sign-in nothing that a sign-in does not need", async () => {
  await home.found((host) => register(host, "example.org", "ana"));
  const list = join(home.path, "loaded");
  const program = `
    import { appendFileSync } from "node:fs";
    import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + "\\n"); return next(url, context); } });
  `;
  const hook = `data:text/javascript,${encodeURIComponent(program)}`;
  const child = home.start(["ctap"], [PASSPHRASE], { NODE_OPTIONS: `--import=${hook}` });
  expect(await converse(child, [GET])).toEqual([0]);
  const loaded = readFileSync(list, "utf8").split("\n");
  expect(loaded.some((url) => url.endsWith("/vault-authenticator.ts"))).toBe(true);
  const HEAVY =
    /automerge|node_modules\/(?:qr|fast-png|ws|hono|@hono|@noble|@scure\/bip39)\/|sync-relay|\/qr\/|\/terminal\/table/;
  expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
});

test.for([
  [["ctap", "--user", "approve"], 2, "--user is for the scripted person"],
  [["ctap", "--attestation", "packed"], 2, "--attestation is for --ephemeral"],
  [["ctap", "--passphrase-stdin"], 2, "standard input carries the requests"],
  [["ctap", "--ephemeral", "--json"], 2, "no JSON"],
  [["ctap"], 3, "LK-VAULT-MISSING"],
] as const)("%j is refused and writes no response", async ([args, exit, reason]) => {
  const child = home.start(args);
  child.stdin?.end(encodeFrame(GET_INFO));
  const ended = await finish(child);
  expect(ended).toMatchObject({ exit, stderr: expect.stringContaining(reason) });
  if (!args.includes("--json" as never)) expect(ended.stdout).toBe("");
});
