/** Timers of a host. None of them keeps a process alive; where there is no process, as in a page, they are like any other. */

export type Timer = ReturnType<typeof setTimeout>;

/** Node's timers can be let go; a browser's are numbers. */
function letGo(timer: Timer): Timer {
  if (typeof timer === "object") timer.unref();
  return timer;
}

export const startTimer = (task: () => void, ms: number): Timer => letGo(setTimeout(task, ms));

export const startInterval = (task: () => void, ms: number): Timer => letGo(setInterval(task, ms));

/** Resolves after `ms`, or as soon as `signal` is aborted. Unlike the others it does keep a process alive: somebody waits for it. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
