/**
 * Row 8: a device that was away gets 500 entries at once, as a relay sends them, and has them checked, applied and saved. The floor is
 * what no order of work avoids: libsodium verifying and opening them, and Automerge taking the changes.
 */
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { decodeChangePayload } from "@latchkey/core/log/change";
import { SealedEntry } from "@latchkey/core/log/verify";
import { findMember, type ReplicaContext } from "@latchkey/core/sync/replica-state";
import { createBackend } from "@latchkey/core/vault/genesis";
import { admitLaptop } from "./admitted-device.ts";
import { type BenchVault, copyVault, openHost, PASSKEYS, releaseKeys } from "./bench-vault.ts";
import { titleOf } from "./made-vault.ts";
import { alternate, type Bench, type Figure, median, time } from "./measure.ts";

const ENTRIES = 500;
const ROUNDS = 9;
/** Automerge takes few changes at once faster than many: it rebuilds the whole document for many. */
const CHANGES_AT_ONCE = 8;

/** What happened while Laptop was away. */
interface Absence {
  readonly laptop: BenchVault;
  readonly entries: readonly Uint8Array[];
  readonly epoch: ReplicaContext["epoch"];
  /** Of the device that wrote them. */
  readonly entryPublicKey: Uint8Array;
  /** The document as Laptop has it. */
  readonly saved: Uint8Array;
}

export async function measureCatchUp(bench: Bench, vault: BenchVault): Promise<Figure[]> {
  bench.progress(`${ENTRIES} edits on Desk while Laptop is away`);
  const absence = await makeAbsence(bench, vault);
  bench.progress(`catching up, ${ROUNDS} rounds`);
  const checked: number[] = [];
  let round = 0;
  const { ours, floor } = await alternate(ROUNDS, {
    ours: () => catchUp(absence, round++),
    floor: async () => {
      const opening = await time(() => openAll(absence));
      checked.push(opening);
      return opening + applyAll(absence);
    },
  });
  const opening = median(checked);
  return [
    {
      what: `catching up on ${ENTRIES} entries, ${PASSKEYS} passkeys`,
      unit: "ms",
      ours: median(ours),
      floor: { name: "open + Automerge apply", value: median(floor) },
      target: { atMost: 150 },
      note: `of the floor ${opening.toFixed(0)} ms are signatures and seals, the rest Automerge; ours saves it all to disk`,
    },
  ];
}

async function makeAbsence(bench: Bench, vault: BenchVault): Promise<Absence> {
  const desk = copyVault(vault, "catch-up-desk");
  const host = openHost(desk.path);
  try {
    await host.unlock(releaseKeys(desk.keys));
    const device = await host.device();
    const readAll = async () =>
      (await device.readEntries([...device.state.accepted.values()].map(({ hash }) => hash))).map(
        ({ bytes }) => bytes,
      );
    const admitted = await admitLaptop(host, desk.keys);
    const before = await readAll();
    const snapshot = (await device.readSnapshot()) as Uint8Array;
    const laptop = await admitted.finish(join(bench.folder, "catch-up.latchkey"), snapshot, []);
    const saved = await openWith(laptop, async (at) => {
      await at.receive(before);
      return at.state.document.save();
    });
    const passkeys = device.state.document.list();
    for (let i = 0; i < ENTRIES; i++) {
      const { id } = passkeys[i % passkeys.length] as (typeof passkeys)[number];
      await editPasskey(device, id, "title", `${titleOf(i)}, renamed`);
    }
    const self = findMember(device.state, device.context.self.signer.publicKey);
    if (self === null) throw new Error("Desk is not a member");
    return {
      laptop,
      entries: (await readAll()).slice(before.length),
      // The device wipes its keys when it locks.
      epoch: structuredClone(device.context.epoch),
      entryPublicKey: self.member.identity.entryPublicKey,
      saved,
    };
  } finally {
    await host.close();
  }
}

type OpenDevice = Awaited<ReturnType<ReturnType<typeof openHost>["device"]>>;

async function openWith<T>(vault: BenchVault, use: (device: OpenDevice) => Promise<T>): Promise<T> {
  const host = openHost(vault.path);
  try {
    await host.unlock(releaseKeys(vault.keys));
    return await use(await host.device());
  } finally {
    await host.close();
  }
}

/** Each round with the vault as it was before. */
function catchUp({ laptop, entries }: Absence, round: number): Promise<number> {
  return openWith(copyVault(laptop, `round-${round}`), async (device) => {
    const taken = await time(async () => {
      const outcomes = await device.receive(entries);
      if (outcomes.includes(null)) throw new Error("an entry was not taken");
    });
    return taken;
  });
}

function openAll({ entries, epoch, entryPublicKey }: Absence): Uint8Array[] {
  const { keys, hash } = epoch;
  return entries.flatMap((bytes) => {
    const { payload } = SealedEntry.decode(bytes).verify(entryPublicKey).open(keys, hash);
    return decodeChangePayload(payload).changes.map((change) => change.bytes);
  });
}

/** Milliseconds for the changes alone, once the document is loaded. */
function applyAll(absence: Absence): number {
  const changes = openAll(absence);
  const backend = createBackend();
  backend.loadIncremental(absence.saved);
  const start = performance.now();
  for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
    backend.applyChanges(changes.slice(at, at + CHANGES_AT_ONCE));
  }
  const taken = performance.now() - start;
  backend.free();
  return taken;
}
