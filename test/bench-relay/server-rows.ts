/** Messages a second and the time of a lone one, for every server in turn, round after round; ratios to the floor and to each other. */
import { join } from "node:path";
import { type Child, startChild } from "../bench/child.ts";
import { median, percentile } from "../bench/measure.ts";
import { automergePairs, hocuspocusPairs, yWebsocketPairs } from "./document-pairs.ts";
import { type Connect, measureLone, measureThroughput, type Throughput } from "./load.ts";
import { barePairs, latchkeyPairs } from "./socket-pairs.ts";
import { atLeast, inMs, inThousands, type RelayBench, type Row } from "./table.ts";

export const SERVER = new URL("server-process.ts", import.meta.url);

/** What each did for a message: what it says is part of the figure. */
const CONTENDERS = [
  {
    name: "bare",
    label: "bare ws forwarder (floor): not stored, not acknowledged",
    pairs: barePairs,
    wide: true,
  },
  {
    name: "latchkey",
    label: "latchkey relay: stored, synced, acknowledged",
    pairs: latchkeyPairs,
    wide: true,
  },
  { name: "hocuspocus", label: "hocuspocus: in memory, a map value set", pairs: hocuspocusPairs, wide: true },
  {
    name: "y-websocket",
    label: "y-websocket: in memory, a map value set",
    pairs: yWebsocketPairs,
    wide: true,
  },
  {
    name: "automerge",
    label: "automerge-repo: in memory, a value changed",
    pairs: automergePairs,
    wide: false,
  },
] as const;
type Name = (typeof CONTENDERS)[number]["name"];

const WIDE = { pairs: 16, window: 32 };
/** What automerge-repo's sync server takes. */
const NARROW = { pairs: 8, window: 8 };

interface Measured {
  readonly connect: Connect;
  readonly server: Child;
  readonly rounds: Throughput[];
  readonly lone: number[];
}

export async function startServer(
  kind: string,
  ...args: readonly string[]
): Promise<{ server: Child; port: number }> {
  const server = startChild(SERVER, [kind, ...args]);
  return { server, port: Number((await server.receive())["port"]) };
}

export async function measureServers({ folder, progress, quick }: RelayBench): Promise<Row[]> {
  const [rounds, ms, lone] = quick ? [1, 500, 100] : [3, 3000, 300];
  const measured = new Map<Name, Measured>();
  for (const { name, pairs } of CONTENDERS) {
    const { server, port } = await startServer(
      name,
      ...(name === "latchkey" ? [join(folder, "relay.db")] : []),
    );
    measured.set(name, { connect: pairs(port), server, rounds: [], lone: [] });
  }
  // The round before the first does not count.
  for (let round = -1; round < rounds; round++) {
    for (const { name, wide } of CONTENDERS) {
      const { connect, ...into } = measured.get(name) as Measured;
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      const throughput = await measureThroughput(connect, { ...(wide ? WIDE : NARROW), ms });
      const times = await measureLone(connect, name === "automerge" ? lone / 10 : lone);
      if (round < 0) continue;
      into.rounds.push(throughput);
      into.lone.push(...times);
    }
  }
  for (const { server } of measured.values()) await server.stop();

  const rateOf = (name: Name) =>
    median((measured.get(name) as Measured).rounds.map((run) => run.messagesPerSecond));
  const loneOf = (name: Name) => median((measured.get(name) as Measured).lone);
  const ratios: Partial<Record<Name, Row["target"]>> = {
    bare: atLeast("by latchkey, while durable", 0.4, rateOf("latchkey") / rateOf("bare")),
    hocuspocus: atLeast("by latchkey", 3, rateOf("latchkey") / rateOf("hocuspocus")),
    "y-websocket": atLeast("by latchkey", 1.5, rateOf("latchkey") / rateOf("y-websocket")),
  };
  return CONTENDERS.flatMap(({ label, name, wide }) => {
    const { lone: times, rounds: runs } = measured.get(name) as Measured;
    const rates = runs.map((run) => run.messagesPerSecond);
    const { pairs, window } = wide ? WIDE : NARROW;
    const underLoad = `p50 ${inMs(median(runs.map((run) => run.p50)))}, p99 ${inMs(median(runs.map((run) => run.p99)))}`;
    return [
      {
        what: `${label}: messages, ${pairs} × ${window}`,
        figure: inThousands(median(rates)),
        range: `${inThousands(Math.min(...rates))} to ${inThousands(Math.max(...rates))}; ${underLoad}`,
        target: ratios[name] ?? null,
      },
      {
        what: `${name}: a lone message`,
        figure: inMs(median(times)),
        range: `p99 ${inMs(percentile(times, 0.99))}`,
        target:
          name === "automerge" ? atLeast("latchkey's", 20, loneOf("automerge") / loneOf("latchkey")) : null,
      },
    ];
  });
}
