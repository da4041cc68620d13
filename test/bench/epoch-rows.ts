/**
 * The change of keys of a vault of 10 000 passkeys, each with a real key: at the device that makes it, from the verified person to the
 * committed move, and at one that follows, from the snapshot to the committed move. The floor does with the same document what cannot be
 * left out: it writes every value into a fresh one, saves that and loads it again.
 */
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openKeptRoom, readKeptLogs } from "@latchkey/core/device/kept-log";
import { moveToEpoch, openEpoch, publishEpoch } from "@latchkey/core/device/move-epoch";
import type { Device } from "@latchkey/core/device/device";
import { stageEpoch } from "@latchkey/core/device/stage-epoch";
import { rootOf, type SigningTier } from "@latchkey/core/device/tiers";
import { deriveSecretKey } from "@latchkey/core/membership/epoch";
import { sealPrfSeeds, sealPrivateKey } from "@latchkey/core/vault/credential-secret";
import { loadDocument } from "@latchkey/core/vault/document";
import { makeNextDocument } from "@latchkey/core/vault/next-document";
import { systemRandom, type VaultHost } from "@latchkey/desktop/host/vault-host";
import { admitLaptop } from "./admitted-device.ts";
import { openHost, releaseKeys } from "./bench-vault.ts";
import { makeRecord, makeVault, titleOf } from "./made-vault.ts";
import { type Bench, type Figure, median } from "./measure.ts";
import { createReleasedProtector, NO_KEYS, noteKeys, type TierKeys } from "./released-keys.ts";

const PASSKEYS = 10_000;
/** Passkeys that come with one act: a change of 60 KiB holds some more. */
const AN_ACT = 40;
const ROUNDS = 3;

export async function measureEpochs(bench: Bench): Promise<Figure[]> {
  bench.progress(`making a vault of ${PASSKEYS} passkeys with real keys, on two devices`);
  const path = join(bench.folder, "epochs.latchkey");
  const protector = noteKeys(createReleasedProtector(NO_KEYS));
  await makeVault(path, 0, protector);
  const keys = protector.keys();
  const desk = openHost(path);
  try {
    await desk.unlock(releaseKeys(keys));
    const device = await desk.device();
    await addPasskeys(desk, device, keys);
    const admitted = await admitLaptop(desk, keys);
    const snapshot = (await device.readSnapshot()) as Uint8Array;
    const laptopVault = await admitted.finish(join(bench.folder, "follower.latchkey"), snapshot, []);
    const laptop = openHost(laptopVault.path);
    try {
      await laptop.unlock(releaseKeys(laptopVault.keys));
      return await measureChanges(bench, { desk, keys, laptop: await laptop.device() });
    } finally {
      await laptop.close();
    }
  } finally {
    await desk.close();
  }
}

async function measureChanges(
  bench: Bench,
  sides: { readonly desk: VaultHost; readonly keys: TierKeys; readonly laptop: Device },
): Promise<Figure[]> {
  const { laptop } = sides;
  const device = await sides.desk.device();
  await hand(device, laptop);
  const [maker, follower, floor]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    bench.progress(`changing the keys, round ${round + 1} of ${ROUNDS}`);
    floor.push(await timed(() => rewrite(device)));
    const signing = await sides.desk.openSigning(releaseKeys(sides.keys), "change the keys");
    let snapshot: Uint8Array = new Uint8Array();
    maker.push(
      await timed(async () => {
        const staged = await stageEpoch(device, signing, { reason: "yearly", removed: [], purged: [] });
        snapshot = staged.made.snapshot.bytes;
        await publishEpoch(device, staged, signing);
      }),
    );
    const [epoch] = [...device.state.epochs.values()].slice(-1);
    if (epoch === undefined) throw new Error("no epoch was made");
    await handRecord(device, laptop);
    follower.push(await timed(() => moveToEpoch(laptop, openEpoch(laptop, epoch), snapshot)));
    const { document } = laptop.state;
    if (laptop.epoch.record.number !== round + 2 || document.list().length !== PASSKEYS)
      throw new Error("the follower did not follow with every passkey");
  }
  const named = { name: "fresh Automerge document, saved and loaded", value: median(floor) };
  const count = PASSKEYS.toLocaleString("en");
  return [
    {
      what: `Change of keys of ${count} passkeys, at its maker`,
      unit: "ms",
      ours: median(maker),
      floor: named,
      target: { atMost: 3_000 },
      note: "every secret opened and sealed anew, state hash, snapshot, one transaction",
    },
    {
      what: `Change of keys of ${count} passkeys, at a follower`,
      unit: "ms",
      ours: median(follower),
      floor: named,
      target: null,
      note: "snapshot opened and checked, sign-in index made anew",
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function rewrite({ state }: Device): Promise<void> {
  const fresh = makeNextDocument(state.document, [], (_id, _register, value) => value);
  loadDocument(fresh.save()).free();
  fresh.free();
}

/** The follower gets what the maker has, as through a relay. */
async function hand(from: Device, to: Device): Promise<void> {
  const hashes = [...from.state.accepted.values()].map(({ hash }) => hash);
  await to.receive((await from.readEntries(hashes)).map(({ bytes }) => bytes));
}

/** The record stands in the log that the maker has left. */
async function handRecord(from: Device, to: Device): Promise<void> {
  const kept = (await readKeptLogs(from.deps.store, from.context.rows)).at(-1);
  if (kept === undefined) throw new Error("the maker has left no log");
  const room = await openKeptRoom(from, kept);
  await to.receive((await room.readEntries(room.listAccepted())).map(({ bytes }) => bytes));
}

async function addPasskeys(desk: VaultHost, device: Device, keys: TierKeys): Promise<void> {
  const signing: SigningTier = await desk.openSigning(releaseKeys(keys), "add passkeys");
  const secretKey = deriveSecretKey(rootOf(signing, device.context.epoch.logId));
  const { privateKey, publicKey } = await desk.deps.crypto.makeKeyPair(-7);
  for (let from = 0; from < PASSKEYS; from += AN_ACT) {
    await device.act(() =>
      Array.from({ length: AN_ACT }, (_, i) => {
        const record = makeRecord(from + i, publicKey);
        return {
          type: "create",
          record: {
            ...record,
            sealedPrivateKey: sealPrivateKey(secretKey, record, privateKey, systemRandom),
            sealedPrfSeeds: sealPrfSeeds(secretKey, record, systemRandom(64), systemRandom),
          },
          registers: new Map([["title", titleOf(from + i)]]),
        };
      }),
    );
  }
}
