/** Two relays over one PostgreSQL, both on these cores with the database: a message put at one is received at the other. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPostgres, startPostgres } from "@latchkey/sync-relay/test/postgres-server";
import { median, percentile } from "../bench/measure.ts";
import { measureLone, measureThroughput } from "./load.ts";
import { startServer } from "./server-rows.ts";
import { latchkeyPairs } from "./socket-pairs.ts";
import { inMs, inThousands, type RelayBench, type Row } from "./table.ts";

const LOAD = { pairs: 32, window: 8 };
const LEAST = 3000;

export async function measurePostgres({ folder, progress, quick }: RelayBench): Promise<Row[]> {
  if (!hasPostgres) {
    progress("postgresql-15 is not installed: two relays over PostgreSQL are not measured");
    return [];
  }
  const [rounds, ms, lone] = quick ? [1, 500, 50] : [3, 3000, 300];
  // On the disk, as the other figures.
  const database = await startPostgres(tmpdir());
  const urlFile = join(folder, "database-url");
  writeFileSync(urlFile, database.url);
  const [one, other] = [await startServer("latchkey-pg", urlFile), await startServer("latchkey-pg", urlFile)];
  const connect = latchkeyPairs(one.port, other.port);
  const rates: number[] = [];
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}: two relays over PostgreSQL`);
    const { messagesPerSecond } = await measureThroughput(connect, { ...LOAD, ms });
    const each = await measureLone(connect, lone);
    if (round < 0) continue;
    rates.push(messagesPerSecond);
    times.push(...each);
  }
  for (const { server } of [one, other]) await server.stop();
  await database.close();
  const rate = median(rates);
  return [
    {
      what: `two latchkey relays over PostgreSQL: messages from one to the other, ${LOAD.pairs} × ${LOAD.window}`,
      figure: inThousands(rate),
      range: `${inThousands(Math.min(...rates))} to ${inThousands(Math.max(...rates))}`,
      target: { text: `≥ ${inThousands(LEAST)}`, measured: inThousands(rate), met: rate >= LEAST },
    },
    {
      what: "two latchkey relays over PostgreSQL: a lone message",
      figure: inMs(median(times)),
      range: `p99 ${inMs(percentile(times, 0.99))}`,
      target: { text: "≤ 5 ms", measured: inMs(median(times)), met: median(times) <= 5 },
    },
  ];
}
