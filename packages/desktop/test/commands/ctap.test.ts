/** `latchkey ctap` over real pipes: throw-away and real vaults, and the ways in which a person may not be verified. */
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFrameReader, encodeFrame } from "../../src/ctap/frame.ts";
import { finish, getAssertion, Home, makeCredential, PASSPHRASE, register } from "./program.ts";

const GET_INFO = Uint8Array.of(0x04);
const MAKE = makeCredential("example.org", "ana");
const GET = getAssertion("example.org");

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

/** Sends one request after the other, each when the one before is answered; ends the input; the status of each response. */
async function converse(child: ChildProcess, requests: readonly Uint8Array[]): Promise<number[]> {
  const statuses: number[] = [];
  const reader = createFrameReader(65_536);
  const left = [...requests];
  const sendNext = (): void => {
    const request = left.shift();
    if (request === undefined) child.stdin?.end();
    else child.stdin?.write(encodeFrame(request));
  };
  (child.stdout as Readable).on("data", (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) {
      statuses.push(frame === "too large" ? -1 : (frame[0] ?? -1));
      sendNext();
    }
  });
  sendNext();
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stderr?.resume();
  expect(await exit).toBe(0);
  return statuses;
}

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

test.for([
  [["ctap", "--user", "approve"], 2, "--user is for the scripted person"],
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
