/**
 * A ceremony worker: a thread that Windows' calls may block, so that the main thread never is. It registers its two slots, tells their
 * addresses, and from then on only answers calls. It lives as long as the process: without it the class would give garbage for answers.
 */
import { parentPort, workerData } from "node:worker_threads";
import { createTaskMemory } from "../native/ole32.ts";
import { createCeremonyWaiter } from "./ceremony-channel.ts";
import { registerCeremonySlots } from "./ceremony-slots.ts";
import type { WorkerData, WorkerMessage } from "./ceremony-workers.ts";

const port = parentPort;
if (port === null) throw new TypeError("this runs in a worker");
const { buffer, deadlineMs } = workerData as WorkerData;
const waiter = createCeremonyWaiter(buffer);
const post = (message: WorkerMessage): void => port.postMessage(message);

const slots = registerCeremonySlots(
  (call) => {
    post({ kind: "call", turn: waiter.begin(), call });
    return waiter.wait(deadlineMs);
  },
  createTaskMemory(),
  (fault) => post({ kind: "fault", text: String(fault) }),
);
post({ kind: "ready", slots });
// Callbacks keep no thread alive: a port that listens does.
port.on("message", () => {});
