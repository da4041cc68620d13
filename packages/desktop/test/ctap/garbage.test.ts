/**
 * A thousand requests of garbage through the real pipe of `latchkey ctap`, over a throw-away vault and over a real one: it answers each
 * with one response of a known status, ends in good order, and what the vault holds stays as it is.
 */
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { COMMAND } from "@latchkey/core/authenticator/ctap-request";
import { STATUS } from "@latchkey/core/authenticator/status";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { createFrameReader, encodeFrame, type Frame } from "../../src/ctap/frame.ts";
import { getAssertion, Home, makeCredential, PASSPHRASE, register } from "../commands/program.ts";
import { openHost } from "../host/hosts.ts";

const REQUESTS = 1000;
const SITE = "example.org";
const GET = getAssertion(SITE);
const WHOLE = [makeCredential(SITE, "bob"), makeCredential("example.net", "ana"), GET, Uint8Array.of(0x08)];
const STATUSES = new Set<number>(Object.values(STATUS));

const broken = fc
  .record({
    which: fc.nat(WHOLE.length - 1),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    cut: fc.option(fc.nat()),
    tail: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ which, changes, cut, tail }) => {
    const request = (WHOLE[which] as Uint8Array).slice();
    for (const [at, flip] of changes) request[at % request.length]! ^= flip;
    const part = request.subarray(0, cut === null ? request.length : cut % (request.length + 1));
    return Uint8Array.of(...part, ...tail);
  });
const junk = fc.oneof(
  { weight: 6, arbitrary: broken },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 100 }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.values(COMMAND)), fc.uint8Array({ maxLength: 60 }))
      .map(([command, tail]) => Uint8Array.of(command, ...tail)),
  },
  { weight: 1, arbitrary: fc.constantFrom(65_536, 65_537, 200_000).map((length) => new Uint8Array(length)) },
);

/** A reset as a client sends it, and a request for a passkey that can be understood: a throw-away vault rightly does both. */
function mayChange(request: Uint8Array): boolean {
  if (request[0] === COMMAND.reset) return request.length === 1;
  if (request[0] !== COMMAND.makeCredential) return false;
  try {
    decodeCbor(request.subarray(1));
    return true;
  } catch {
    return false;
  }
}

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

/** Writes everything at once, ends the input in the middle of one more frame, and gives what was answered. */
async function pour(child: ChildProcess, requests: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const frames: Frame[] = [];
  const reader = createFrameReader(65_536);
  (child.stdout as Readable).on("data", (chunk: Buffer) => frames.push(...reader.push(chunk)));
  const talk = text(child.stderr as Readable);
  const closed = once(child, "close");
  for (const request of requests) child.stdin?.write(encodeFrame(request));
  // Ended at once, whatever still waits would be cancelled; so the last answer comes first.
  while (frames.length < requests.length && child.exitCode === null) {
    await Promise.race([once(child.stdout as Readable, "data"), closed]);
  }
  child.stdin?.end(Uint8Array.of(0, 0, 0, 9, 0x01));
  const [exit] = (await closed) as [number | null];
  expect({ exit, talk: await talk }).toEqual({ exit: 0, talk: expect.not.stringContaining("Error") });
  return frames as Uint8Array[];
}

function expectAnswers(answers: readonly Uint8Array[], count: number): void {
  expect(answers).toHaveLength(count);
  for (const [status = -1, ...rest] of answers) {
    expect(STATUSES).toContain(status);
    if (status !== 0) expect(rest).toEqual([]);
  }
}

/** What a getAssertion answer says, or `null` for one that is none. */
function readAssertion(answer: Uint8Array): { id: unknown; offered: unknown } | null {
  if (answer[0] !== 0 || answer.length === 1) return null;
  const map = decodeCbor(answer.subarray(1)) as CborMap;
  const credential = map.get(1);
  return credential instanceof Map ? { id: credential.get("id"), offered: map.get(5) } : null;
}

const seed = Date.now() | 0;

test(`a throw-away vault answers and keeps what it holds, seed ${seed}`, async () => {
  const garbage = fc.sample(junk, { numRuns: REQUESTS, seed }).filter((request) => !mayChange(request));
  const requests = [makeCredential(SITE, "ana"), GET, ...garbage, GET];
  const answers = await pour(home.start(["ctap", "--ephemeral"]), requests);
  expectAnswers(answers, requests.length);
  const [before, after] = [answers[1], answers.at(-1)].map((answer) => readAssertion(answer as Uint8Array));
  expect(before).not.toBeNull();
  expect(after).toEqual(before);
});

test(`a real vault answers, signs nothing unverified and keeps every row, seed ${seed}`, async () => {
  await home.found((host) => register(host, SITE, "ana"));
  const before = await dump();
  const garbage = fc.sample(junk, { numRuns: REQUESTS, seed });
  // One line of the passphrase: it opens the vault and signs once. After that nobody can be verified.
  const answers = await pour(home.start(["ctap"], [PASSPHRASE]), [GET, ...garbage]);
  expectAnswers(answers, REQUESTS + 1);
  expect(readAssertion(answers[0] as Uint8Array)).not.toBeNull();
  expect(answers.slice(1).map(readAssertion)).toEqual(Array(REQUESTS).fill(null));
  expect(await dump()).toEqual(before);
});

/** Every row of the vault file, as it lies there; but for the activity log, in which the unlocking and the sign-in stand. */
async function dump() {
  const host = openHost(home.vault);
  try {
    const tables = ["meta", "entry", "held", "snapshot", "cache", "sign-in", "journal", "relay"] as const;
    const all = await Promise.all(tables.map((table) => host.deps.store.scan(table)));
    return all.map((rows) =>
      rows.filter(({ key }) => !Buffer.from(key).toString("latin1").startsWith("audit")),
    );
  } finally {
    await host.close();
  }
}
