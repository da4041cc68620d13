/** The shared memory between a worker that blocks and the main thread, both ends in one thread: the answer is there before the wait. */
import { describe, expect, test } from "vitest";
import type { CeremonyAnswer } from "../../src/com/ceremony.ts";
import {
  createCeremonyAnswerer,
  createCeremonyWaiter,
  makeCeremonyBuffer,
  MAX_RESPONSE_BYTES,
} from "../../src/com/ceremony-channel.ts";
import { HRESULT } from "../../src/native/hresult.ts";

const LONG_MS = 60_000;

function makeEnds(silenceMs = LONG_MS) {
  const buffer = makeCeremonyBuffer();
  return { waiter: createCeremonyWaiter(buffer, silenceMs), answerer: createCeremonyAnswerer(buffer) };
}

const success = (...bytes: number[]): CeremonyAnswer => ({ hresult: 0, response: new Uint8Array(bytes) });
const FAILED = { hresult: HRESULT.fail, response: null };

describe("the channel of a ceremony", () => {
  test.for<CeremonyAnswer>([
    success(1, 2, 3),
    { hresult: 0, response: new Uint8Array(MAX_RESPONSE_BYTES).fill(9) },
    { hresult: HRESULT.badSignature, response: null },
  ])("carries answer %# as it is", (answer) => {
    const { waiter, answerer } = makeEnds();
    answerer.answer(waiter.begin(), answer);
    expect(waiter.wait(LONG_MS)).toEqual(answer);
  });

  test.for<[string, CeremonyAnswer]>([
    ["too large", { hresult: 0, response: new Uint8Array(MAX_RESPONSE_BYTES + 1) }],
    ["empty", success()],
    ["neither a success nor a failure", { hresult: 0x016f_0330, response: null }],
  ])("makes a failure of an answer that is %s", ([, answer]) => {
    const { waiter, answerer } = makeEnds();
    answerer.answer(waiter.begin(), answer);
    expect(waiter.wait(LONG_MS)).toEqual(FAILED);
  });

  test("drops the answer to a ceremony that was given up", () => {
    const { waiter, answerer } = makeEnds();
    const late = waiter.begin();
    expect(waiter.wait(0)).toEqual({ hresult: HRESULT.timeout, response: null });
    answerer.answer(late, success(1));
    const next = waiter.begin();
    answerer.answer(late, success(1));
    answerer.answer(next, success(2));
    expect(waiter.wait(LONG_MS)).toEqual(success(2));
  });

  test("keeps the first of two answers", () => {
    const { waiter, answerer } = makeEnds();
    const turn = waiter.begin();
    answerer.answer(turn, { hresult: HRESULT.userCancelled, response: null });
    answerer.answer(turn, success(1));
    expect(waiter.wait(LONG_MS)).toEqual({ hresult: HRESULT.userCancelled, response: null });
  });

  test("fails when the main thread gives no sign of life", () => {
    const { waiter } = makeEnds(1);
    waiter.begin();
    expect(waiter.wait(LONG_MS)).toEqual(FAILED);
  });
});
