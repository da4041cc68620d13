/** Row 4: a vault of 1 000 and of 10 000 passkeys, from opened tiers to the list of passkeys, and the memory that this leaves in use. */
import { join } from "node:path";
import { makeVault } from "./made-vault.ts";
import { type Child, startChild } from "./child.ts";
import { alternate, type Bench, type Figure, median } from "./measure.ts";
import { createReleasedProtector, joinKeys, NO_KEYS, noteKeys, type TierKeys } from "./released-keys.ts";

const ROUNDS = 9;
const PROGRAM = new URL("open-vault.ts", import.meta.url);

export async function measureLargeVaults(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const passkeys of [1_000, 10_000]) {
    bench.progress(`making a vault of ${passkeys} passkeys`);
    const path = join(bench.folder, `${passkeys}.latchkey`);
    const protector = noteKeys(createReleasedProtector(NO_KEYS));
    await makeVault(path, passkeys, protector);
    bench.progress(`opening it in fresh processes, ${ROUNDS} rounds`);
    figures.push(...(await measureOpening(bench, path, passkeys, protector.keys())));
  }
  return figures;
}

async function measureOpening(
  bench: Bench,
  path: string,
  passkeys: number,
  keys: TierKeys,
): Promise<Figure[]> {
  const memory: { rss: number; peak: number }[] = [];
  const run = async (side: string): Promise<number> => {
    const child: Child = startChild(PROGRAM, [path, side], join(bench.folder, "compiled"));
    const told = await child.ask({ keys: [...joinKeys(keys)] });
    await child.stop();
    if (side === "ours") {
      if (told["passkeys"] !== passkeys) throw new Error(`not all of ${passkeys} passkeys were listed`);
      memory.push({ rss: told["rss"] as number, peak: told["peak"] as number });
    }
    return told["ms"] as number;
  };
  const { ours, floor } = await alternate(ROUNDS, { ours: () => run("ours"), floor: () => run("floor") });
  const largest = passkeys === 10_000;
  const peak = Math.round(median(memory.map(({ peak }) => peak)) / 1e6);
  return [
    {
      what: `${passkeys.toLocaleString("en")} passkeys: opened tier to list`,
      unit: "ms",
      ours: median(ours),
      floor: { name: "read + Automerge load", value: median(floor) },
      target: largest ? { atMost: 500 } : null,
    },
    {
      what: `${passkeys.toLocaleString("en")} passkeys: resident memory after`,
      unit: "MB",
      ours: median(memory.map(({ rss }) => rss)) / 1e6,
      floor: null,
      target: largest ? { atMost: 250 } : null,
      note: `whole process; at its highest ${peak} MB`,
    },
  ];
}
