/**
 * The relay with 10 000 idle sockets and 1 000 rooms in which somebody says something now and then, for minutes: whether its memory grows.
 * The slope is that of a straight line through the samples after the warm-up, over ten minutes, against their mean. Two memories: what the
 * process has of the machine, which keeps the mark of the busiest moment that it ever had, and what is in use in it after a collection.
 */
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { joinMany } from "./idle-rows.ts";
import type { Pair } from "./load.ts";
import { startServer } from "./server-rows.ts";
import { latchkeyPairs } from "./socket-pairs.ts";
import type { RelayBench, Row } from "./table.ts";

const IDLE_SOCKETS = 10_000;
const ROOMS = 1000;
const MESSAGES_PER_SECOND = 500;
const SAMPLE_MS = 2000;
const SETTLE_MS = 30_000;
const WARM_UP_SHARE = 0.3;
const TEN_MINUTES_MS = 600_000;
const MAX_SLOPE = 0.01;

export async function measureSoak({ folder, progress, quick, soakMinutes }: RelayBench): Promise<Row[]> {
  const [idle, active] = quick ? [IDLE_SOCKETS / 20, ROOMS / 20] : [IDLE_SOCKETS, ROOMS];
  const { port, server } = await startServer("latchkey", join(folder, "soak.db"));
  const sockets = await joinMany(port, idle);
  const count = { received: 0, sent: 0 };
  const connect = latchkeyPairs(port);
  const pairs: { readonly pair: Pair; sent: number }[] = [];
  for (let i = 0; i < active; i++) pairs.push({ pair: await connect(() => count.received++), sent: 0 });
  progress(`${sockets.length} idle sockets and ${pairs.length} active rooms for ${soakMinutes} minutes`);

  const samples: Sample[] = [];
  const start = performance.now();
  let sampledAt = start;
  for (let now = start; now < start + soakMinutes * 60_000; now = performance.now()) {
    for (const due = ((now - start) / 1000) * MESSAGES_PER_SECOND; count.sent < due; count.sent++) {
      const room = pairs[count.sent % pairs.length] as (typeof pairs)[number];
      room.pair.send(room.sent++);
    }
    if (now - sampledAt >= SAMPLE_MS) {
      sampledAt = now;
      const { rss, heapUsed, external } = await server.ask({});
      samples.push({ at: now - start, rss: Number(rss), inUse: Number(heapUsed) + Number(external) });
    }
    await wait(10);
  }
  await Promise.all(pairs.map(({ pair }) => pair.settled()));
  const late = performance.now() + SETTLE_MS;
  while (count.received < count.sent) {
    if (performance.now() > late) throw new Error("the run is void: messages are missing");
    await wait(10);
  }
  for (const socket of sockets) socket.terminate();
  await server.stop();

  const steady = samples.filter(({ at }) => at >= soakMinutes * 60_000 * WARM_UP_SHARE);
  const load = `${sockets.length} idle sockets, ${pairs.length} active rooms, ${soakMinutes} minutes, ${count.sent} messages`;
  return [
    toRow(
      `latchkey relay: ${load}`,
      steady.map(({ at, rss }) => [at, rss]),
    ),
    toRow(
      "of it in use, heap and buffers after a collection",
      steady.map(({ at, inUse }) => [at, inUse]),
    ),
  ];
}

interface Sample {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly rss: number;
  readonly inUse: number;
}
type Point = readonly [at: number, bytes: number];

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const inMiB = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

function toRow(what: string, points: readonly Point[]): Row {
  const sizes = points.map(([, bytes]) => bytes);
  const share = (slopeOf(points) * TEN_MINUTES_MS) / meanOf(sizes);
  return {
    what,
    figure: `${inMiB(meanOf(sizes))} MiB`,
    range: `${inMiB(Math.min(...sizes))} to ${inMiB(Math.max(...sizes))} MiB`,
    target: {
      text: "grows < 1 % in 10 minutes",
      measured: `${(share * 100).toFixed(2)} %`,
      met: share < MAX_SLOPE,
    },
  };
}

/** Bytes a millisecond, by least squares. */
function slopeOf(points: readonly Point[]): number {
  const atMean = meanOf(points.map(([at]) => at));
  const mean = meanOf(points.map(([, bytes]) => bytes));
  const above = points.reduce((sum, [at, bytes]) => sum + (at - atMean) * (bytes - mean), 0);
  return above / points.reduce((sum, [at]) => sum + (at - atMean) ** 2, 0);
}
