/**
 * One ceremony at a time, in this process and in all of this person's: who may begin, who is cancelled, who has taken too long. Windows
 * keeps one user verification only, so a second ceremony could not verify anybody; it gets ERROR_BUSY at once.
 *
 *   idle → active → answered            every begin is answered exactly once
 *            ├ cancel of its transaction → NTE_USER_CANCELLED, at once; what the provider still does is ignored
 *            ├ deadline                  → ERROR_TIMEOUT, the same way
 *            └ the server ends           → E_FAIL
 *
 * Windows makes a new object for every operation, so the transaction is the thing that tells a ceremony, never the object.
 */
import { type Cancellation, createCancellation } from "@latchkey/core/authenticator/cancellation";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { HRESULT, HresultError, isFailure } from "../native/hresult.ts";
import type { ProcessMutex } from "../native/kernel32.ts";
import type { ReportFault } from "../native/slots.ts";
import type { AnswerCeremony, CeremonyAnswer, CeremonyCall } from "./ceremony.ts";

/** Milliseconds: no client waits longer, and nobody looks at a prompt for ten minutes. */
export const CEREMONY_DEADLINE_MS = 600_000;

/** `false`: nobody waited any more. */
export type GiveAnswer = (answer: CeremonyAnswer) => boolean;

export interface CeremonyDesk {
  readonly isBusy: boolean;
  /** `answer` is called once, at the latest at the deadline, and tells whether somebody still waited for it. Never throws. */
  begin(call: CeremonyCall, answer: GiveAnswer): void;
  /** The HRESULT for whoever cancels. */
  cancel(transactionId: Uint8Array): number;
  /** Fails what is under way: the server ends. */
  abandon(): void;
}

export interface CeremonyDeskDeps {
  readonly answer: AnswerCeremony;
  /** Held during a ceremony, so that a second server process answers "busy" and never wrongly. */
  readonly mutex: ProcessMutex;
  readonly deadlineMs: number;
  /** Told of what is answered with E_FAIL. */
  readonly reportFault: ReportFault;
  /** Told of every answer that was given to a ceremony, and whether somebody took it. */
  readonly onAnswer?: ((call: CeremonyCall, answer: CeremonyAnswer, isTaken: boolean) => void) | undefined;
  /** Told of a cancel that came for no ceremony under way. */
  readonly onLateCancel?: ((transactionId: Uint8Array) => void) | undefined;
}

interface ActiveCeremony {
  readonly transactionId: Uint8Array;
  /** Answers, frees the desk and tells the provider that nobody waits any more. Only the first call counts. */
  readonly end: (hresult: number) => void;
}

export function createCeremonyDesk({
  answer: provide,
  mutex,
  deadlineMs,
  reportFault,
  onAnswer = () => {},
  onLateCancel = () => {},
}: CeremonyDeskDeps): CeremonyDesk {
  let active: ActiveCeremony | null = null;

  function failureOf(error: unknown): number {
    if (error instanceof HresultError && isFailure(error.hresult)) return error.hresult;
    reportFault(error);
    return HRESULT.fail;
  }

  /** Never rejects: what escaped would end the process, and COM would read garbage as success. */
  async function ask(
    call: CeremonyCall,
    cancellation: Cancellation,
  ): Promise<CeremonyAnswer | { readonly fault: unknown }> {
    try {
      const response: unknown = await provide(call, cancellation);
      if (response instanceof Uint8Array && response.length > 0) return { hresult: HRESULT.ok, response };
      return { fault: new TypeError("response is no bytes") };
    } catch (fault) {
      return { fault };
    }
  }

  function start(call: CeremonyCall, answer: GiveAnswer): void {
    const cancellation = createCancellation();
    let isOver = false;
    const settle = (result: CeremonyAnswer): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      active = null;
      mutex.release();
      onAnswer(call, result, answer(result));
    };
    const end = (hresult: number): void => {
      settle({ hresult, response: null });
      cancellation.cancel();
    };
    const timer = setTimeout(() => end(HRESULT.timeout), deadlineMs);
    active = { transactionId: call.request.transactionId, end };
    void ask(call, cancellation).then((result) => {
      // Nobody waits for what fails after it was cancelled.
      if (!isOver) settle("fault" in result ? { hresult: failureOf(result.fault), response: null } : result);
    });
  }

  return {
    get isBusy() {
      return active !== null;
    },
    begin(call, answer) {
      if (active !== null || !mutex.tryAcquire()) answer({ hresult: HRESULT.busy, response: null });
      else start(call, answer);
    },
    cancel(transactionId) {
      if (active === null || !equalBytes(active.transactionId, transactionId)) {
        onLateCancel(transactionId);
        return HRESULT.notFound;
      }
      active.end(HRESULT.userCancelled);
      return HRESULT.ok;
    },
    abandon() {
      active?.end(HRESULT.fail);
    },
  };
}
