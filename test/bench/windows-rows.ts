/**
 * The Windows provider, called through COM from another process under Wine: ours is the program that COM starts over a vault that Windows
 * keeps, the floor an empty JavaScript class object behind the same COM, node.exe and worker. Where there is no Wine there is no row.
 *
 * A class whose server was killed stays registered with a dead end under Wine 8, so each cold start is a deployment of its own.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ComClient } from "../windows-under-wine/com-client.ts";
import { deploy, type Deployment, removeBundles } from "../windows-under-wine/deployment.ts";
import { Site } from "../windows-under-wine/site.ts";
import { openTwoDevices } from "../windows-under-wine/two-devices.ts";
import { hasWine } from "../windows-under-wine/tools.ts";
import { makeWindowsKey } from "../windows-under-wine/windows-keys.ts";
import { startWine, type Wine } from "../windows-under-wine/wine.ts";
import { alternate, type Bench, type Figure, median, percentile, time } from "./measure.ts";

const SERVERS = join(import.meta.dirname, "..", "windows-under-wine", "servers");
const WORKER = join(SERVERS, "mortal-worker.ts");
const OURS = { main: join(SERVERS, "enrolled-server.ts"), worker: WORKER };
const EMPTY = { main: join(SERVERS, "scripted-server.ts"), worker: WORKER };
const COLD_ROUNDS = 7;
const WARM_ROUNDS = 200;
const LOCK_ROUNDS = 2_000;
const MADE_ROUNDS = 20;
const VAULT = "vault.latchkey";
const FLOOR = "empty class";

export async function measureWindows(bench: Bench): Promise<Figure[]> {
  if (!hasWine()) return [];
  bench.progress("starting Wine");
  const wine = await startWine();
  try {
    return [...(await measureUnder(wine, bench)), ...(await measureBothWays(wine, bench))];
  } finally {
    await wine.close();
    await removeBundles();
  }
}

async function measureUnder(wine: Wine, bench: Bench): Promise<Figure[]> {
  const operationKey = makeWindowsKey("P-384");
  const site = new Site("example.com");
  const founder = await deploy(wine, OURS, { [join("fake", "op-key")]: operationKey.blob, found: "" });
  let credential: Awaited<ReturnType<ReturnType<typeof site.create>["judge"]>>;

  const send = async (client: ComClient, kind: "make-credential" | "get-assertion", encoded: Uint8Array) => {
    const transactionId = new Uint8Array(randomBytes(16));
    const answer = await client.ceremony("a", kind, {
      transactionId,
      signature: operationKey.sign(encoded),
      encoded,
    });
    if (answer.hr !== 0) throw new Error(`ceremony fails with ${answer.hr}`);
    return answer;
  };
  /** Milliseconds of the call in the client. */
  const signIn = async (client: ComClient): Promise<number> => {
    const asked = site.signIn([credential]);
    const { ms, response } = await send(client, "get-assertion", asked.encoded);
    await asked.judge(response);
    return ms;
  };
  const callEmpty = async (client: ComClient): Promise<number> => {
    const encoded = new Uint8Array(100).fill("e".charCodeAt(0));
    return (await send(client, "get-assertion", encoded)).ms;
  };

  async function cold(server: Deployment, ceremony: (client: ComClient) => Promise<number>): Promise<number> {
    try {
      const client = server.connect();
      const { ms } = await client.create("a");
      return ms + (await ceremony(client));
    } finally {
      await server.close();
    }
  }
  const deployOurs = async (): Promise<Deployment> => {
    const server = await deploy(wine, OURS, { [join("fake", "op-key")]: operationKey.blob });
    server.adopt(
      founder,
      [VAULT, `${VAULT}-wal`].filter((name) => existsSync(join(founder.folder, name))),
    );
    return server;
  };
  const deployEmpty = () =>
    deploy(wine, EMPTY, { "server.json": JSON.stringify({ idleMs: 600_000, deadlineMs: 600_000 }) });

  try {
    const client = founder.connect();
    await client.create("a");
    const asked = site.create();
    credential = await asked.judge((await send(client, "make-credential", asked.encoded)).response);

    bench.progress(`a sign-in on a running server, ${WARM_ROUNDS} rounds`);
    const empty = await deployEmpty();
    const other = empty.connect();
    await other.create("a");
    const warm = await alternate(WARM_ROUNDS, { ours: () => signIn(client), empty: () => callEmpty(other) });
    bench.progress(`its lock status, ${LOCK_ROUNDS} times`);
    const locks: number[] = [];
    for (let i = 0; i < LOCK_ROUNDS; i++) locks.push((await client.lockStatus("a")).ms);
    await empty.close();
    await client.kill();
    await founder.stop();

    bench.progress(`COM starts the server and a sign-in is signed, ${COLD_ROUNDS} rounds`);
    const starts = await alternate(COLD_ROUNDS, {
      ours: async () => cold(await deployOurs(), signIn),
      empty: async () => cold(await deployEmpty(), callEmpty),
    });
    return figuresOf({ warm, locks, starts });
  } finally {
    await founder.close();
  }
}

/** A passkey that is made on either of two devices, until it is where the other one is used. */
async function measureBothWays(wine: Wine, bench: Bench): Promise<Figure[]> {
  bench.progress(
    `a passkey made on another device, in Windows' list, and the reverse, ${MADE_ROUNDS} rounds`,
  );
  const both = await openTwoDevices(wine);
  let made = 0;
  try {
    const measured = await alternate(MADE_ROUNDS, {
      listed: async () => {
        const site = new Site(`far-${made++}.example`);
        await both.makeAfar(site);
        return time(() => both.whenListed(site));
      },
      afar: async () => {
        const site = new Site(`near-${made++}.example`);
        await both.send("make-credential", site.create().encoded);
        return time(() => both.whenAfar(site));
      },
    });
    const row = (what: string, values: readonly number[]): Figure => ({
      what,
      unit: "ms",
      ours: percentile(values, 0.95),
      floor: null,
      target: { atMost: 1_000 },
    });
    return [
      row("Windows: made on another device, in Windows' list, p95", measured.listed),
      row("Windows: made over COM, on the other device, p95", measured.afar),
    ];
  } finally {
    await both.close();
  }
}

function figuresOf(measured: {
  readonly warm: Record<"ours" | "empty", number[]>;
  readonly locks: readonly number[];
  readonly starts: Record<"ours" | "empty", number[]>;
}): Figure[] {
  const { warm, locks, starts } = measured;
  const [answer, call] = [median(warm.ours), median(warm.empty)];
  return [
    {
      what: "Windows: COM activation to signed reply, cold",
      unit: "ms",
      ours: median(starts.ours),
      floor: { name: FLOOR, value: median(starts.empty) },
      target: { times: 1.3 },
      note: "under Wine; Windows Hello is stood in for, so no person's time is in it",
    },
    {
      what: "Windows: signed reply, warm",
      unit: "ms",
      ours: answer,
      floor: { name: FLOOR, value: call },
      target: null,
    },
    {
      what: "Windows: signed reply over an empty COM call, warm",
      unit: "ms",
      ours: answer - call,
      floor: null,
      target: { atMost: 5 },
    },
    {
      what: "Windows: lock status, p99",
      unit: "ms",
      ours: percentile(locks, 0.99),
      floor: null,
      target: { atMost: 50 },
    },
  ];
}
