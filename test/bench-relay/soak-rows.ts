/**
 * The relay with 10 000 idle sockets and 1 000 rooms in which somebody says something now and then, for minutes: whether its memory grows.
 * The slope is that of a straight line through the samples after the warm-up, over ten minutes, against their mean.
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

  const samples: { readonly at: number; readonly rss: number }[] = [];
  const start = performance.now();
  let sampledAt = start;
  for (let now = start; now < start + soakMinutes * 60_000; now = performance.now()) {
    for (const due = ((now - start) / 1000) * MESSAGES_PER_SECOND; count.sent < due; count.sent++) {
      const room = pairs[count.sent % pairs.length] as (typeof pairs)[number];
      room.pair.send(room.sent++);
    }
    if (now - sampledAt >= SAMPLE_MS) {
      sampledAt = now;
      samples.push({ at: now - start, rss: Number((await server.ask({}))["rss"]) });
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
  const slope = slopeOf(steady) * TEN_MINUTES_MS;
  const mean = steady.reduce((sum, { rss }) => sum + rss, 0) / steady.length;
  const share = slope / mean;
  return [
    {
      what: `latchkey relay: ${sockets.length} idle sockets, ${pairs.length} active rooms, ${soakMinutes} minutes, ${count.sent} messages`,
      figure: `${(mean / 2 ** 20).toFixed(0)} MiB`,
      range: `${(Math.min(...steady.map(({ rss }) => rss)) / 2 ** 20).toFixed(0)} to ${(Math.max(...steady.map(({ rss }) => rss)) / 2 ** 20).toFixed(0)} MiB`,
      target: {
        text: "grows < 1 % in 10 minutes",
        measured: `${(share * 100).toFixed(2)} %`,
        met: share < MAX_SLOPE,
      },
    },
  ];
}

/** Bytes a millisecond, by least squares. */
function slopeOf(samples: readonly { readonly at: number; readonly rss: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [atMean, rssMean] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ rss }) => rss))];
  const above = samples.reduce((sum, { at, rss }) => sum + (at - atMean) * (rss - rssMean), 0);
  return above / samples.reduce((sum, { at }) => sum + (at - atMean) ** 2, 0);
}
