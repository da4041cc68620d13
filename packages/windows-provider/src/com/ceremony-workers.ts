/**
 * The ceremony workers as the main thread has them. Two, so that a second ceremony is answered "busy" while the first one blocks its
 * worker, instead of waiting behind it. A worker that ends has taken its slots with it: the class is broken then, and the process must end.
 */
import { Worker } from "node:worker_threads";
import type { CeremonyCall } from "./ceremony.ts";
import { type CeremonyAnswerer, createCeremonyAnswerer, makeCeremonyBuffer } from "./ceremony-channel.ts";
import type { CeremonyDesk } from "./ceremony-desk.ts";
import type { CeremonySlots } from "./ceremony-slots.ts";
import type { ReportFault } from "../native/slots.ts";

const WORKERS = 2;
/** Milliseconds between signs of life. */
const BEAT_MS = 1_000;

export interface WorkerData {
  readonly buffer: SharedArrayBuffer;
  readonly deadlineMs: number;
}

export type WorkerMessage =
  | { readonly kind: "ready"; readonly slots: CeremonySlots }
  | { readonly kind: "call"; readonly turn: number; readonly call: CeremonyCall }
  | { readonly kind: "fault"; readonly text: string };

export interface CeremonyWorker {
  readonly slots: CeremonySlots;
  /** Whether a call stands in it. */
  readonly isBlocked: boolean;
}

export interface CeremonyWorkersDeps {
  /** The script of `ceremony-worker.ts`, as it is laid down beside the program. */
  readonly script: URL;
  readonly desk: CeremonyDesk;
  /** Milliseconds after which a worker answers by itself, whatever the main thread does. */
  readonly deadlineMs: number;
  readonly reportFault: ReportFault;
  /** A worker has ended. */
  readonly onBroken: (fault: unknown) => void;
}

/** Resolves when the slots of all are there. Keeps the process alive from then on. */
export async function startCeremonyWorkers(deps: CeremonyWorkersDeps): Promise<readonly CeremonyWorker[]> {
  const started = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(deps)));
  setInterval(() => {
    for (const { answerer } of started) answerer.beat();
  }, BEAT_MS);
  return started.map(({ worker }) => worker);
}

interface Started {
  readonly worker: CeremonyWorker;
  readonly answerer: CeremonyAnswerer;
}

function startWorker(deps: CeremonyWorkersDeps): Promise<Started> {
  const buffer = makeCeremonyBuffer();
  const answerer = createCeremonyAnswerer(buffer);
  const workerData: WorkerData = { buffer, deadlineMs: deps.deadlineMs };
  const thread = new Worker(deps.script, { workerData });
  let blocked = 0;
  return new Promise((resolve, reject) => {
    const end = (fault: unknown): void => {
      reject(fault);
      deps.onBroken(fault);
    };
    thread.on("error", end);
    thread.on("exit", (code) => end(new Error(`ceremony worker ended with ${code}`)));
    thread.on("message", (message: WorkerMessage) => {
      switch (message.kind) {
        case "ready":
          resolve({
            answerer,
            worker: {
              slots: message.slots,
              get isBlocked() {
                return blocked > 0;
              },
            },
          });
          break;
        case "call":
          blocked++;
          deps.desk.begin(message.call, (answer) => {
            blocked--;
            return answerer.answer(message.turn, answer);
          });
          break;
        case "fault":
          deps.reportFault(message.text);
      }
    });
  });
}
