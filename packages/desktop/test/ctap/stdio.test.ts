/** The ephemeral authenticator as a real process: its streams, its ends, its scripted person. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { createFrameReader, encodeFrame, type Frame } from "../../src/ctap/frame.ts";
import type { ScriptedPerson } from "../../src/ctap/scripted-person.ts";

const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(person: ScriptedPerson): ChildProcessWithoutNullStreams {
  const script = fileURLToPath(new URL("./stdio-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, person]);
  child.stdin.on("error", () => {});
  children.push(child);
  return child;
}

/** The process's exit code or signal, and all that it wrote. */
async function finish(child: ChildProcessWithoutNullStreams) {
  const frames: Frame[] = [];
  const reader = createFrameReader(65_536);
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => frames.push(...reader.push(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code, signal, errors, statuses: frames.map((frame) => frame[0]) };
}

const getInfo = encodeFrame(Uint8Array.of(0x04));
const selection = encodeFrame(Uint8Array.of(0x0b));

describe("the ephemeral authenticator on stdio", () => {
  test("answers a whole file of requests and exits 0", async () => {
    const child = start("approve");
    const ended = finish(child);
    child.stdin.end(
      Buffer.concat([
        getInfo,
        selection,
        encodeFrame(new Uint8Array()),
        encodeFrame(Uint8Array.of(0x55)),
        encodeFrame(new Uint8Array(65_537)),
        encodeFrame(Uint8Array.of(0x07)),
      ]),
    );
    expect(await ended).toEqual({
      code: 0,
      signal: null,
      errors: "",
      statuses: [0x00, 0x00, 0x03, 0x01, 0x39, 0x00],
    });
  });

  test.for<{ person: ScriptedPerson; status: number }>([
    { person: "approve", status: 0x00 },
    { person: "deny", status: 0x27 },
    { person: "absent", status: 0x2f },
  ])("has a person who does as told: $person", async ({ person, status }) => {
    const child = start(person);
    child.stdin.write(selection);
    const ended = finish(child);
    await once(child.stdout, "data");
    child.stdin.end();
    expect(await ended).toEqual({ code: 0, signal: null, errors: "", statuses: [status] });
  });

  test("answers the request that waits with 0x2d when stdin ends, and exits 0", async () => {
    const child = start("absent");
    const ended = finish(child);
    child.stdin.end(Buffer.concat([getInfo, selection, getInfo]));
    expect(await ended).toEqual({ code: 0, signal: null, errors: "", statuses: [0x00, 0x2d, 0x2d] });
  });

  test("exits 0 without a word when nobody reads its stdout", async () => {
    const child = start("approve");
    child.stdout.destroy();
    const [code] = (await Promise.all([
      once(child, "exit"),
      (async () => {
        while (child.exitCode === null && child.stdin.writable) {
          child.stdin.write(getInfo);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })(),
    ]).then(([exit]) => exit)) as [number | null];
    expect(code).toBe(0);
    expect(child.stderr.read()).toBeNull();
  });

  test("exits at once on SIGTERM", async () => {
    const child = start("absent");
    child.stdin.write(Buffer.concat([getInfo, selection]));
    await once(child.stdout, "data");
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
  });
});
