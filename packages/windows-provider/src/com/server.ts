/**
 * The COM server: from nothing to a class that Windows can call, and back. The main thread owns everything that must answer at once and
 * never blocks; ceremonies block their workers.
 *
 * It ends when nothing was asked for a while, when it is told to, or when a worker has died. Either way in this order: no new calls, an
 * answer for those that wait, a moment for the answers to leave. A process that just exits would have COM read garbage as success.
 */
import type { ProcessMutex } from "../native/kernel32.ts";
import type { ComRuntime } from "../native/ole32.ts";
import type { ReportFault } from "../native/slots.ts";
import type { AnswerCeremony } from "./ceremony.ts";
import { CEREMONY_DEADLINE_MS, type CeremonyDeskDeps, createCeremonyDesk } from "./ceremony-desk.ts";
import { startCeremonyWorkers } from "./ceremony-workers.ts";
import { makeClassFactory } from "./class-factory.ts";
import { makePluginAuthenticators } from "./plugin-authenticator.ts";

/** Milliseconds without a call after which a process that COM has started ends. */
export const IDLE_MS = 150_000;
/** Milliseconds between looks whether the process is idle. */
const LOOK_MS = 1_000;
/** Milliseconds for the last answers to leave the process. */
const FAREWELL_MS = 50;

export interface ServerDeps {
  readonly com: ComRuntime;
  readonly clsid: Uint8Array;
  readonly answer: AnswerCeremony;
  readonly isUnlocked: () => boolean;
  readonly mutex: ProcessMutex;
  readonly workerScript: URL;
  /** `null` for a host that stays. */
  readonly idleMs: number | null;
  readonly deadlineMs?: number;
  readonly reportFault: ReportFault;
  readonly onAnswer?: CeremonyDeskDeps["onAnswer"];
  readonly onLateCancel?: CeremonyDeskDeps["onLateCancel"];
}

export interface ComServer {
  /** Resolves when the class is revoked and the last answers have left; the process may exit then, and it should. */
  readonly ended: Promise<"idle" | "stopped" | "broken">;
  /** Whether a ceremony is under way. */
  readonly isBusy: boolean;
  /** Somebody used this process otherwise than through COM: it is not idle. */
  noteUse(): void;
  /** Ends no more because nobody calls. */
  stay(): void;
  stop(): void;
}

/** Resolves when COM may call. Throws `HresultError` when COM refuses. */
export async function startComServer(deps: ServerDeps): Promise<ComServer> {
  const { promise: ended, resolve } = Promise.withResolvers<"idle" | "stopped" | "broken">();
  const { reportFault, deadlineMs = CEREMONY_DEADLINE_MS } = deps;
  let latestUse = performance.now();
  let revoke: (() => void) | null = null;
  let isEnding = false;
  let idleTimer: NodeJS.Timeout | undefined;
  const onUse = (): void => {
    latestUse = performance.now();
  };

  const desk = createCeremonyDesk({
    ...deps,
    deadlineMs,
    async answer(call, cancellation) {
      onUse();
      return deps.answer(call, cancellation).finally(onUse);
    },
  });

  function end(why: "idle" | "stopped" | "broken"): void {
    if (isEnding) return;
    isEnding = true;
    clearInterval(idleTimer);
    try {
      revoke?.();
    } catch (fault) {
      reportFault(fault);
    }
    desk.abandon();
    setTimeout(() => resolve(why), FAREWELL_MS);
  }

  // A process that dies of it would leave garbage in the hands of callers, which reads as success.
  process.on("uncaughtException", (fault) => {
    reportFault(fault);
    end("broken");
  });
  deps.com.enterApartment();
  const workers = await startCeremonyWorkers({
    script: deps.workerScript,
    desk,
    deadlineMs,
    reportFault,
    onBroken(fault) {
      if (!isEnding) reportFault(fault);
      end("broken");
    },
  });
  const authenticators = makePluginAuthenticators({
    workers,
    cancel: (transactionId) => desk.cancel(transactionId),
    isUnlocked: deps.isUnlocked,
    onUse,
    reportFault,
  });
  const factory = makeClassFactory(authenticators, onUse, reportFault);
  revoke = deps.com.registerClass(deps.clsid, factory.address);

  const { idleMs } = deps;
  if (idleMs !== null) {
    const look = (): void => {
      if (performance.now() - latestUse >= idleMs && !desk.isBusy && !factory.isLocked) end("idle");
    };
    idleTimer = setInterval(look, Math.min(idleMs, LOOK_MS));
  }
  return {
    ended,
    get isBusy() {
      return desk.isBusy;
    },
    noteUse: onUse,
    stay: () => clearInterval(idleTimer),
    stop: () => end("stopped"),
  };
}
