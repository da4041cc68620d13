/** The state machine of ceremonies, as tables and cases: who is answered what, exactly once, and what the provider is told. */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CeremonyAnswer, CeremonyCall } from "../../src/com/ceremony.ts";
import { createCeremonyDesk } from "../../src/com/ceremony-desk.ts";
import { HRESULT, HresultError } from "../../src/native/hresult.ts";

const DEADLINE_MS = 600_000;
const TX = new Uint8Array(16).fill(1);
const OTHER_TX = new Uint8Array(16).fill(2);

const callOf = (transactionId: Uint8Array): CeremonyCall => ({
  kind: "get-assertion",
  request: { window: 1, transactionId, signature: new Uint8Array(), type: 1, encoded: new Uint8Array() },
});

function openDesk(options: { readonly isTaken?: boolean } = {}) {
  const mutex = {
    held: 0,
    tryAcquire: () => (options.isTaken ? false : ++mutex.held > 0),
    release: () => void mutex.held--,
  };
  const provided: {
    resolve: (response: Uint8Array) => void;
    reject: (error: unknown) => void;
    cancellation: Cancellation;
  }[] = [];
  const reportFault = vi.fn<(fault: unknown) => void>();
  const desk = createCeremonyDesk({
    mutex,
    deadlineMs: DEADLINE_MS,
    reportFault,
    answer(_, cancellation) {
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      provided.push({ resolve, reject, cancellation });
      return promise;
    },
  });
  const begin = (transactionId = TX): CeremonyAnswer[] => {
    const answers: CeremonyAnswer[] = [];
    desk.begin(callOf(transactionId), (answer) => answers.push(answer) > 0);
    return answers;
  };
  return { desk, mutex, provided, reportFault, begin };
}

const failure = (hresult: number): CeremonyAnswer => ({ hresult, response: null });
/** Lets settled promises be heard. */
const turn = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a ceremony", () => {
  test("is answered with what the provider gives, and the next may begin", async () => {
    const { desk, mutex, provided, begin } = openDesk();
    const answers = begin();
    expect(desk.isBusy).toBe(true);
    provided[0]?.resolve(new Uint8Array([1]));
    await turn();
    expect(answers).toEqual([{ hresult: 0, response: new Uint8Array([1]) }]);
    expect([desk.isBusy, mutex.held]).toEqual([false, 0]);
    begin();
    expect(provided).toHaveLength(2);
  });

  test.for<[string, unknown, number, boolean]>([
    ["a refusal", new HresultError(HRESULT.badSignature, "x"), HRESULT.badSignature, false],
    ["a bug", new TypeError("x"), HRESULT.fail, true],
    ["a refusal that is none", new HresultError(HRESULT.falseButFine, "x"), HRESULT.fail, true],
    ["nothing", undefined, HRESULT.fail, true],
  ])("fails when the provider throws %s", async ([, thrown, hresult, isReported]) => {
    const { mutex, provided, reportFault, begin } = openDesk();
    const answers = begin();
    provided[0]?.reject(thrown);
    await turn();
    expect(answers).toEqual([failure(hresult)]);
    expect(reportFault.mock.calls.length > 0).toBe(isReported);
    expect(mutex.held).toBe(0);
  });

  test.for([new Uint8Array(), undefined, null, "text"])(
    "fails when the provider gives %o",
    async (response) => {
      const { provided, begin } = openDesk();
      const answers = begin();
      provided[0]?.resolve(response as Uint8Array);
      await turn();
      expect(answers).toEqual([failure(HRESULT.fail)]);
    },
  );

  test("gets busy at once while another is under way, which goes on", async () => {
    const { provided, begin } = openDesk();
    const first = begin();
    const second = begin(OTHER_TX);
    expect(second).toEqual([failure(HRESULT.busy)]);
    expect(provided).toHaveLength(1);
    provided[0]?.resolve(new Uint8Array([1]));
    await turn();
    expect(first).toHaveLength(1);
  });

  test("gets busy while another process has one, and the provider is not asked", () => {
    const { desk, provided, begin } = openDesk({ isTaken: true });
    expect(begin()).toEqual([failure(HRESULT.busy)]);
    expect(provided).toEqual([]);
    expect(desk.isBusy).toBe(false);
  });

  test("ends at its deadline; what comes later is ignored", async () => {
    const { desk, provided, begin } = openDesk();
    const answers = begin();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(answers).toEqual([failure(HRESULT.timeout)]);
    expect(provided[0]?.cancellation.cancelled).toBe(true);
    expect(desk.isBusy).toBe(false);
    provided[0]?.resolve(new Uint8Array([1]));
    await turn();
    expect(answers).toHaveLength(1);
  });

  test("fails when the server ends", () => {
    const { desk, provided, begin } = openDesk();
    const answers = begin();
    desk.abandon();
    desk.abandon();
    expect(answers).toEqual([failure(HRESULT.fail)]);
    expect(provided[0]?.cancellation.cancelled).toBe(true);
  });
});

describe("a cancel", () => {
  test("of the transaction answers it at once, tells the provider, and frees the desk", async () => {
    const { desk, mutex, provided, reportFault, begin } = openDesk();
    const answers = begin();
    expect(desk.cancel(TX)).toBe(HRESULT.ok);
    expect(answers).toEqual([failure(HRESULT.userCancelled)]);
    expect(provided[0]?.cancellation.cancelled).toBe(true);
    expect([desk.isBusy, mutex.held]).toEqual([false, 0]);
    provided[0]?.reject(new TypeError("what it does when it is cancelled is its own business"));
    await turn();
    expect(answers).toHaveLength(1);
    expect(reportFault).not.toHaveBeenCalled();
  });

  test("of another transaction changes nothing", () => {
    const { desk, provided, begin } = openDesk();
    const answers = begin();
    expect(desk.cancel(OTHER_TX)).toBe(HRESULT.notFound);
    expect(answers).toEqual([]);
    expect(provided[0]?.cancellation.cancelled).toBe(false);
  });

  test.for(["before", "after", "twice"])("that comes %s finds nothing", async (when) => {
    const { desk, provided, begin } = openDesk();
    if (when !== "before") begin();
    if (when === "after") {
      provided[0]?.resolve(new Uint8Array([1]));
      await turn();
    }
    if (when === "twice") desk.cancel(TX);
    expect(desk.cancel(TX)).toBe(HRESULT.notFound);
  });

  test("leaves room for a new ceremony while the old one still winds down", async () => {
    const { desk, provided, begin } = openDesk();
    begin();
    desk.cancel(TX);
    const answers = begin(OTHER_TX);
    provided[0]?.resolve(new Uint8Array([1]));
    await turn();
    expect(answers).toEqual([]);
    provided[1]?.resolve(new Uint8Array([2]));
    await turn();
    expect(answers).toEqual([{ hresult: 0, response: new Uint8Array([2]) }]);
  });
});
