/** A device that joins: all bytes of its first sync, with 1 000 and with 10 000 passkeys, against what it gets and against automerge-repo. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SizedVault } from "./bench-vault.ts";
import { bothWays } from "./counting-proxy.ts";
import { startOurs, startTheirs } from "./live-sides.ts";
import { makeVault } from "./made-vault.ts";
import type { Bench, Figure } from "./measure.ts";
import { createReleasedProtector, NO_KEYS, noteKeys } from "./released-keys.ts";

const LARGE = 10_000;

export async function measureFirstSync(bench: Bench, vault: SizedVault): Promise<Figure[]> {
  return [...(await measureOne(bench, vault)), ...(await measureOne(bench, await makeLarge(bench)))];
}

async function makeLarge(bench: Bench): Promise<SizedVault> {
  bench.progress(`making a vault of ${LARGE} passkeys`);
  const path = join(bench.folder, "first-sync.latchkey");
  const protector = noteKeys(createReleasedProtector(NO_KEYS));
  await makeVault(path, LARGE, protector);
  return { path, passkeys: LARGE, keys: protector.keys() };
}

async function measureOne(bench: Bench, vault: SizedVault): Promise<Figure[]> {
  const passkeys = `${vault.passkeys.toLocaleString("en")} passkeys`;
  bench.progress(`a first sync of ${passkeys}, ours and automerge-repo's`);
  const folder = join(bench.folder, `first-sync-${vault.passkeys}`);
  mkdirSync(folder);
  const { side: ours, beginning } = await startOurs({ ...bench, folder }, vault);
  try {
    const theirs = await startTheirs(beginning);
    await theirs.stop();
    const bytes = { unit: "bytes", ours: bothWays(ours.firstSync) } as const;
    return [
      {
        ...bytes,
        what: `first sync of ${passkeys}, all bytes both ways`,
        floor: { name: "snapshot + entries", value: beginning.snapshotBytes + beginning.entryBytes },
        target: { times: 1.1 },
        note: `${beginning.entryBytes} B are entries of the edits since the snapshot`,
      },
      {
        ...bytes,
        what: `the same against automerge-repo`,
        floor: { name: "automerge-repo", value: bothWays(theirs.firstSync) },
        target: null,
      },
    ];
  } finally {
    await ours.stop();
  }
}
