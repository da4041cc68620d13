/**
 * How a ceremony's answer gets from the main thread into a worker that stands still: shared memory. The question goes by message.
 *
 *   word 0  turn     n > 0: the worker waits for the answer to its n-th ceremony; −n: that answer is here; 0: nobody waits
 *   word 1  beat     counts up while the main thread lives
 *   word 2  hresult
 *   word 3  length of the response, bytes
 *   then    the response, up to 64 KiB
 *
 * An answer to a ceremony that the worker has given up finds another turn and is dropped.
 */
import { HRESULT, isFailure } from "../native/hresult.ts";
import type { CeremonyAnswer } from "./ceremony.ts";

const TURN = 0;
const BEAT = 1;
const RESULT = 2;
const LENGTH = 3;
const WORDS = 4;
/** Bytes of a response; real ones have a few hundred, one with a large blob a few thousand. */
export const MAX_RESPONSE_BYTES = 65_536;

/** How often a waiting worker looks whether the main thread still lives, milliseconds. */
const SLICE_MS = 250;
/** A main thread that has not counted for so long is taken for dead, milliseconds: opening a great vault blocks it for seconds. */
const SILENCE_MS = 30_000;

const FAILED: CeremonyAnswer = { hresult: HRESULT.fail, response: null };

export const makeCeremonyBuffer = (): SharedArrayBuffer =>
  new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT + MAX_RESPONSE_BYTES);

function viewsOf(buffer: SharedArrayBuffer) {
  const bytesAt = WORDS * Int32Array.BYTES_PER_ELEMENT;
  return { words: new Int32Array(buffer, 0, WORDS), bytes: new Uint8Array(buffer, bytesAt) };
}

/** The worker's end. */
export interface CeremonyWaiter {
  /** The number of the ceremony that begins; it goes with the question. */
  begin(): number;
  /** Blocks this thread until the answer is there, the deadline has passed or the main thread is dead. */
  wait(deadlineMs: number): CeremonyAnswer;
}

export function createCeremonyWaiter(buffer: SharedArrayBuffer, silenceMs = SILENCE_MS): CeremonyWaiter {
  const { words, bytes } = viewsOf(buffer);
  let turn = 0;

  function take(): CeremonyAnswer {
    const hresult = Atomics.load(words, RESULT);
    const length = Atomics.load(words, LENGTH);
    if (hresult !== HRESULT.ok)
      return { hresult: isFailure(hresult) ? hresult : HRESULT.fail, response: null };
    return length > 0 ? { hresult, response: bytes.slice(0, length) } : FAILED;
  }

  /** Unless the answer has come at the last moment. */
  function giveUp(hresult: number): CeremonyAnswer {
    return Atomics.compareExchange(words, TURN, turn, 0) === -turn ? take() : { hresult, response: null };
  }

  return {
    begin() {
      turn = (turn % 0x7fff_fffe) + 1;
      Atomics.store(words, TURN, turn);
      return turn;
    },
    wait(deadlineMs) {
      const begun = performance.now();
      let beat = Atomics.load(words, BEAT);
      let heard = begun;
      for (;;) {
        Atomics.wait(words, TURN, turn, SLICE_MS);
        if (Atomics.load(words, TURN) === -turn) return take();
        const now = performance.now();
        const latest = Atomics.load(words, BEAT);
        if (latest !== beat) heard = now;
        beat = latest;
        if (now - begun >= deadlineMs) return giveUp(HRESULT.timeout);
        if (now - heard >= silenceMs) return giveUp(HRESULT.fail);
      }
    },
  };
}

/** The main thread's end. */
export interface CeremonyAnswerer {
  /** Answers the ceremony of this number, if the worker still waits for it: else `false`. */
  answer(turn: number, answer: CeremonyAnswer): boolean;
  /** A sign of life. */
  beat(): void;
}

export function createCeremonyAnswerer(buffer: SharedArrayBuffer): CeremonyAnswerer {
  const { words, bytes } = viewsOf(buffer);
  return {
    answer(turn, answer) {
      const fits = answer.response === null || answer.response.length <= MAX_RESPONSE_BYTES;
      const { hresult, response } = fits ? answer : FAILED;
      if (Atomics.load(words, TURN) !== turn) return false;
      if (response !== null) bytes.set(response);
      Atomics.store(words, RESULT, hresult);
      Atomics.store(words, LENGTH, response?.length ?? 0);
      if (Atomics.compareExchange(words, TURN, turn, -turn) !== turn) return false;
      Atomics.notify(words, TURN);
      return fits;
    },
    beat() {
      Atomics.add(words, BEAT, 1);
    },
  };
}
