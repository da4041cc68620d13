/**
 * The load that every server of the bench gets: pairs of clients, of which one sends numbered messages of 1 KiB of noise and the other
 * receives them. Sent, received and their order are counted; a run in which they differ is void. Times in milliseconds.
 */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { percentile } from "../bench/measure.ts";

export const PAYLOAD_BYTES = 1024;
/** Incompressible; the same for all servers. A message's number stands in front, in four bytes. */
export const PAYLOAD = new Uint8Array(randomBytes(PAYLOAD_BYTES));

/** Two connected clients of one room. */
export interface Pair {
  /** Sends message `number`. */
  send(number: number): void;
  /** Resolves when the server has acknowledged all that was sent; at once where nothing is acknowledged. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Connects a pair in a room of its own; `received` is called with the number of each message that arrives. */
export type Connect = (received: (number: number) => void) => Promise<Pair>;

export interface Throughput {
  readonly messagesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const SETTLE_MS = 30_000;

/** `pairs` pairs with `window` messages under way each, for `ms` milliseconds. */
export async function measureThroughput(
  connect: Connect,
  { pairs, window, ms }: { readonly pairs: number; readonly window: number; readonly ms: number },
): Promise<Throughput> {
  const latencies: number[] = [];
  let end = Number.POSITIVE_INFINITY;
  const runs = await Promise.all(
    Array.from({ length: pairs }, async () => {
      const sentAt: number[] = [];
      const done = Promise.withResolvers<void>();
      let received = 0;
      const next = (): void => {
        const number = sentAt.length;
        sentAt.push(performance.now());
        pair.send(number);
      };
      const pair = await connect((number) => {
        if (number !== received) throw new Error(`message ${number} came in the place of ${received}`);
        received++;
        const now = performance.now();
        latencies.push(now - (sentAt[number] ?? 0));
        if (now < end) next();
        else if (received === sentAt.length) done.resolve();
      });
      return { pair, next, done: done.promise };
    }),
  );
  const start = performance.now();
  end = start + ms;
  for (const { next } of runs) for (let i = 0; i < window; i++) next();
  await within(Promise.all(runs.map(({ done }) => done)), "messages are missing");
  const seconds = (performance.now() - start) / 1000;
  await within(Promise.all(runs.map(({ pair }) => pair.settled())), "acknowledgements are missing");
  await Promise.all(runs.map(({ pair }) => pair.close()));
  return {
    messagesPerSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/** One message at a time: the time from sending to receiving of each. */
export async function measureLone(connect: Connect, count: number): Promise<number[]> {
  let arrived = (): void => {};
  const pair = await connect(() => arrived());
  const times: number[] = [];
  // The first warms the way.
  for (let number = 0; number <= count; number++) {
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const start = performance.now();
    pair.send(number);
    await within(arrival, "a message is missing");
    if (number > 0) times.push(performance.now() - start);
  }
  await within(pair.settled(), "acknowledgements are missing");
  await pair.close();
  return times;
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`the run is void: ${what}`)), SETTLE_MS);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
