import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createCtapPipe } from "./ctap-pipe.ts";

const pipe = () => {
  const child = { stdin: new PassThrough(), stdout: new PassThrough() };
  return { child, ...createCtapPipe(child) };
};

test("frames requests and reads responses in order, however they are cut", async () => {
  const { child, transact } = pipe();
  const answers = [transact(Uint8Array.of(4)), transact(Uint8Array.of(1, 0xa0))];
  for (const byte of [0, 0, 0, 1, 9, 0, 0, 0, 2, 7, 8]) child.stdout.write(Uint8Array.of(byte));
  expect(await Promise.all(answers)).toEqual([Uint8Array.of(9), Uint8Array.of(7, 8)]);
  expect(child.stdin.read()).toEqual(Buffer.from([0, 0, 0, 1, 4, 0, 0, 0, 2, 1, 0xa0]));
});

test("rejects what is unanswered when the authenticator ends, and what is asked after", async () => {
  const { child, transact } = pipe();
  const unanswered = transact(Uint8Array.of(4));
  child.stdout.end(Uint8Array.of(0, 0));
  await expect(unanswered).rejects.toThrow("ended without an answer");
  await expect(transact(Uint8Array.of(4))).rejects.toThrow("has ended");
});
