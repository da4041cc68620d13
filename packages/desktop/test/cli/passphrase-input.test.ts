/** Passphrases from standard input and other file descriptors, in real processes. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/latchkey.js");
const NEVER_MADE = join(tmpdir(), "latchkey-never-made");
const READER = join(import.meta.dirname, "passphrase-reader.ts");

/** `stdin` and `extra` (descriptor 3) in pieces, each written when the one before is out. */
async function readFrom(
  fd: string,
  stdin: readonly (string | Uint8Array)[],
  extra: readonly string[] = [],
): Promise<unknown> {
  const child = spawn(process.execPath, [READER, fd], { stdio: ["pipe", "pipe", "inherit", "pipe"] });
  const feed = (stream: NodeJS.WritableStream, pieces: readonly (string | Uint8Array)[]): void => {
    // A reader that has refused reads no more.
    stream.on("error", () => {});
    for (const piece of pieces) stream.write(piece);
    stream.end();
  };
  feed(child.stdin as NodeJS.WritableStream, stdin);
  feed(child.stdio[3] as NodeJS.WritableStream, extra);
  return JSON.parse(await text(child.stdout as NodeJS.ReadableStream));
}

test.for([
  ["a line", "maple orbit\n", "maple orbit", ""],
  ["a line of Windows", "maple orbit\r\n", "maple orbit", ""],
  ["text without a line end", "maple orbit", "maple orbit", ""],
  ["the first line only, and leaves the rest", "maple\norbit\n", "maple", "orbit\n"],
  ["spaces at both ends", "  grüße \n", "  grüße ", ""],
])("standard input gives %s", async ([, stdin, passphrase, rest]) => {
  expect(await readFrom("0", [stdin as string])).toEqual({ passphrase, rest });
});

test("another file descriptor gives it, and leaves standard input alone", async () => {
  expect(await readFrom("3", ["frames"], ["maple ", "orbit\n"])).toEqual({
    passphrase: "maple orbit",
    rest: "frames",
  });
});

test.for<[string, string, Uint8Array]>([
  ["nothing", "0", new Uint8Array()],
  ["an empty line", "0", new Uint8Array([10])],
  ["what is not UTF-8", "0", new Uint8Array([0x61, 0xff, 10])],
  ["more than a passphrase can be", "0", new Uint8Array(5_000).fill(0x61)],
  ["a descriptor that is not open", "9", new Uint8Array()],
])("%s is refused", async ([, fd, stdin]) => {
  expect(await readFrom(fd, [stdin])).toMatchObject({ code: "LK-CLI-USAGE" });
});

test("a pipe on which nothing comes does not keep the program from ending", async () => {
  const child = spawn(
    process.execPath,
    [PROGRAM, "init", "--no-relay", "--vault", NEVER_MADE, "--passphrase-fd=3", "--timeout=50ms"],
    {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    },
  );
  const talk = text(child.stderr as NodeJS.ReadableStream);
  const exit = new Promise((resolve) => child.once("exit", resolve));
  expect(await exit).toBe(1);
  expect(await talk).toContain("LK-CLI-TIMEOUT");
});
