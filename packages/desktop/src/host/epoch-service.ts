/**
 * Keeps an open vault in the epoch that counts: follows each record that comes, fetching snapshots from the vault's relays, and looks after the
 * rooms that were left, so that devices that were away find the way on and a record that lost is met by the one that won.
 */
import type { Device } from "@latchkey/core/device/device";
import { type VaultError, isVaultError } from "@latchkey/core/errors";
import type { OpenedEpoch } from "@latchkey/core/device/move-epoch";
import { fetchSnapshot } from "../relay-client/fetch-snapshot.ts";
import { visitRoom } from "../relay-client/visit-room.ts";

/** A record is pinned only after its snapshot was stored, so a relay that has the one has the other. */
const SNAPSHOT_MS = 30_000;
/** How often rooms that were left are looked after, besides at each start and move. */
const VISIT_EVERY_MS = 60 * 60 * 1000;

export interface EpochService {
  /** Resolves when what is known now has been followed. */
  idle(): Promise<void>;
  /** Visits the rooms that were left, now. */
  visit(): Promise<void>;
  stop(): void;
}

/** `reportProblem` gets what keeps the device where it is: shown, and tried again with the next record or start. */
export function startEpochService(
  device: Device,
  reportFault: (fault: unknown) => void,
  reportProblem: (problem: VaultError) => void,
): EpochService {
  const ended = new AbortController();
  const { signal } = ended;
  let queue: Promise<void> = Promise.resolve();

  function enqueue(task: () => Promise<void>): Promise<void> {
    queue = queue.then(async () => {
      if (signal.aborted) return;
      try {
        await task();
      } catch (error) {
        if (isVaultError(error)) reportProblem(error);
        else reportFault(error);
      }
    });
    return queue;
  }

  const fetchFor = async ({ room, epoch }: OpenedEpoch): Promise<Uint8Array | null> => {
    const relays = device.relays();
    if (relays.length === 0) return null;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_MS)]);
    const { random } = device.deps;
    return fetchSnapshot(relays, room, epoch.record.snapshotHash, { random, signal: limit });
  };

  async function follow(): Promise<void> {
    const { followEpochs } = await import("@latchkey/core/device/follow-epochs");
    await followEpochs(device, fetchFor);
  }

  async function visitAll(): Promise<void> {
    const { openKeptRoom, readKeptLogs } = await import("@latchkey/core/device/kept-log");
    for (const kept of await readKeptLogs(device.deps.store, device.context.rows)) {
      for (const relay of device.relays()) {
        if (signal.aborted) return;
        await visitRoom(await openKeptRoom(device, kept), relay, signal);
      }
    }
  }

  const visit = (): Promise<void> => enqueue(visitAll);
  const unsubscribe = device.subscribe((notices) => {
    if (notices.some(({ is }) => is === "epoch-seen")) void enqueue(follow);
    if (notices.some(({ is }) => is === "moved")) void visit();
  });
  const timer = setInterval(() => void visit(), VISIT_EVERY_MS).unref();
  void enqueue(follow);
  void visit();

  return {
    idle: () => queue,
    visit,
    stop() {
      ended.abort();
      clearInterval(timer);
      unsubscribe();
    },
  };
}
