/** An edit on Desk until it is in Laptop's vault, its bytes on the wire, and the same with automerge-repo's sync messages. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { ENTRY_SIZES } from "@latchkey/core/log/padding";
import { type SizedVault, PASSKEYS } from "./bench-vault.ts";
import { startChild } from "./child.ts";
import { bothWays, type Traffic } from "./counting-proxy.ts";
import { type LiveSide, startOurs, startTheirs } from "./live-sides.ts";
import { alternate, type Bench, type Figure, median, percentile } from "./measure.ts";

const ROUNDS = 100;
/** Before each: a person edits once in a while. automerge-repo sends at most every 100 ms, and this leaves it its best. */
const QUIET_MS = 120;
const ENTRY_BYTES = ENTRY_SIZES[0];
/** Room for what is around an entry: header and mask of the WebSocket, the put and its number. */
const FRAME_BYTES = 64;
const REPO = "automerge-repo";

export async function measureLive(bench: Bench, vault: SizedVault): Promise<Figure[]> {
  bench.progress("starting relay, Desk and Laptop; the same with automerge-repo; an echo");
  const { side: ours, beginning } = await startOurs(bench, vault);
  const theirs = await startTheirs(beginning);
  const echo = await startEcho();
  try {
    bench.progress(`an edit on Desk seen on Laptop, ${ROUNDS} rounds`);
    const before = { ours: ours.traffic(), theirs: theirs.traffic() };
    let edits = 0;
    const measured = await alternate(ROUNDS, {
      ours: () => pause(QUIET_MS).then(() => ours.edit(`title ${edits++}`)),
      echo: () => pause(QUIET_MS).then(() => echo.roundTrip()),
      theirs: () => pause(QUIET_MS).then(() => theirs.edit(`title ${edits}`)),
    });
    const perEdit = {
      ours: averageSince(before.ours, ours.traffic()),
      theirs: averageSince(before.theirs, theirs.traffic()),
    };
    return [
      ...latencyFigures(measured),
      editOnTheWire(perEdit.ours),
      ...(await comparedFigures(measured, ours, theirs, perEdit)),
    ];
  } finally {
    for (const side of [ours, theirs, echo]) await side.stop();
  }
}

type Measured = Record<"ours" | "echo" | "theirs", number[]>;
type EditTraffic = ReturnType<LiveSide["traffic"]>;

function latencyFigures({ ours, echo }: Measured): Figure[] {
  return [0.5, 0.95].map((p) => ({
    what: `edit on Desk, in Laptop's vault, p${p * 100}`,
    unit: "ms",
    ours: percentile(ours, p),
    floor: { name: "ws echo", value: percentile(echo, p) },
    target: p === 0.95 ? { atMost: 50 } : null,
    ...(p === 0.5
      ? { note: "saved three times on the way: Desk, relay and Laptop each wait for their disk" }
      : {}),
  }));
}

function editOnTheWire(perEdit: EditTraffic): Figure {
  return {
    what: "an edit on the wire, Desk to relay",
    unit: "bytes",
    ours: perEdit.desk.up,
    floor: { name: "smallest entry", value: ENTRY_BYTES },
    target: { atMost: ENTRY_BYTES + FRAME_BYTES },
    note: `${perEdit.desk.down} B come back as acknowledgement; Laptop gets ${perEdit.laptop.down} B and sends ${perEdit.laptop.up} B`,
  };
}

async function comparedFigures(
  measured: Measured,
  ours: LiveSide,
  theirs: LiveSide,
  perEdit: Record<"ours" | "theirs", EditTraffic>,
): Promise<Figure[]> {
  const compare = (what: string, unit: Figure["unit"], mine: number, other: number): Figure => ({
    what,
    unit,
    ours: mine,
    floor: { name: REPO, value: other },
    target: null,
  });
  const total = ({ desk, laptop }: EditTraffic) => bothWays(desk) + bothWays(laptop);
  return [
    {
      ...compare(
        "decision 001: latency of an edit, p50",
        "ms",
        median(measured.ours),
        median(measured.theirs),
      ),
      note: "each edit after a moment of quiet; theirs saves nothing to disk and seals nothing",
    },
    {
      ...compare(
        "decision 001: latency of an edit, p95",
        "ms",
        percentile(measured.ours, 0.95),
        percentile(measured.theirs, 0.95),
      ),
    },
    compare(
      "decision 001: an edit on both wires, all ways",
      "bytes",
      total(perEdit.ours),
      total(perEdit.theirs),
    ),
    compare(
      `decision 001: of ${PASSKEYS}, the server can read`,
      "passkeys",
      await ours.countReadable(),
      await theirs.countReadable(),
    ),
  ];
}

function averageSince(before: EditTraffic, after: EditTraffic): EditTraffic {
  // One round does not count as measured but went over the wire like the others.
  const average = (a: Traffic, b: Traffic): Traffic => ({
    up: Math.round((b.up - a.up) / (ROUNDS + 1)),
    down: Math.round((b.down - a.down) / (ROUNDS + 1)),
  });
  return { desk: average(before.desk, after.desk), laptop: average(before.laptop, after.laptop) };
}

interface Echo {
  roundTrip(): Promise<number>;
  stop(): Promise<void>;
}

/** Round trips of as many bytes as an entry has. */
async function startEcho(): Promise<Echo> {
  const child = startChild(new URL("echo-process.ts", import.meta.url));
  const { port } = await child.receive();
  const socket = new WebSocket(`ws://127.0.0.1:${Number(port)}`, { perMessageDeflate: false });
  await once(socket, "open");
  const payload = randomBytes(ENTRY_BYTES);
  return {
    async roundTrip() {
      const start = performance.now();
      socket.send(payload);
      await once(socket, "message");
      return performance.now() - start;
    },
    async stop() {
      socket.terminate();
      await child.stop();
    },
  };
}
