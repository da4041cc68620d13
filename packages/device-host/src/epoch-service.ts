/**
 * Keeps an open vault in the epoch that counts: follows each record that comes, fetching snapshots from the vault's relays, and looks after the
 * rooms that were left, so that devices that were away find the way on and a record that lost is met by the one that won.
 */
import type { Device } from "@latchkey/core/device/device";
import { type VaultError, isVaultError } from "@latchkey/core/errors";
import type { OpenedEpoch } from "@latchkey/core/device/move-epoch";
import type { KeptLog } from "@latchkey/core/device/kept-log";
import type { SigningTier } from "@latchkey/core/device/tiers";
import type { SigningKeyPair } from "@latchkey/core/crypto/signature";
import type { RelayAddress } from "@latchkey/core/relay-protocol";
import { wipe } from "@latchkey/core/crypto/wipe";
import { encodeHex } from "@latchkey/core/bytes/text";
import { fetchSnapshot } from "./relay-client/fetch-snapshot.ts";
import { purgeRoom } from "./relay-client/purge-room.ts";
import { visitRoom } from "./relay-client/visit-room.ts";
import { startInterval, startTimer, type Timer } from "./timers.ts";

/** A record is pinned only after its snapshot was stored, so a relay that has the one has the other. */
const SNAPSHOT_MS = 30_000;
/** How often rooms that were left are looked after, besides at each start and move. */
const VISIT_EVERY_MS = 60 * 60 * 1000;
/** A visit that did not reach every relay is made again so much later, then twice as late each time: until then nobody may know of a record. */
const VISIT_AGAIN_MS = 60 * 1000;

export interface EpochService {
  /** Resolves when what is known now has been followed. */
  idle(): Promise<void>;
  /** Visits the rooms that were left, now. */
  visit(): Promise<void>;
  /** After a user verification: empties rooms that nobody needs. Resolves when `signing` is not needed any more. */
  retire(signing: SigningTier): Promise<void>;
  stop(): void;
}

/** `listRelays`: those of the vault, and those on this network. `reportProblem` gets what keeps the device where it is: shown, and tried again with the next record or start. */
export function startEpochService(
  device: Device,
  reportFault: (fault: unknown) => void,
  reportProblem: (problem: VaultError) => void,
  listRelays: () => readonly RelayAddress[] = () => device.relays(),
): EpochService {
  const ended = new AbortController();
  const { signal } = ended;
  let queue: Promise<void> = Promise.resolve();
  /** Operations of an earlier epoch may wait; unknown until it was asked once. */
  let hasWaiting = device.epoch.record.number > 1;
  let visitAgain: Timer | null = null;
  let visitAgainMs = VISIT_AGAIN_MS;

  function enqueue(task: () => Promise<void>): Promise<void> {
    queue = queue.then(async () => {
      if (signal.aborted) return;
      try {
        await task();
      } catch (error) {
        // What the end of the vault broke off is begun again with the next start.
        if (signal.aborted) return;
        if (isVaultError(error)) reportProblem(error);
        else reportFault(error);
      }
    });
    return queue;
  }

  const fetchFor = async ({ room, epoch }: OpenedEpoch): Promise<Uint8Array | null> => {
    const relays = listRelays();
    if (relays.length === 0) return null;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_MS)]);
    const { random } = device.deps;
    return fetchSnapshot(relays, room, epoch.record.snapshotHash, { random, signal: limit });
  };

  async function follow(): Promise<void> {
    const { followEpochs } = await import("@latchkey/core/device/follow-epochs");
    await followEpochs(device, fetchFor);
  }

  const readKept = async () => {
    const { readKeptLogs } = await import("@latchkey/core/device/kept-log");
    return readKeptLogs(device.deps.store, device.context.rows);
  };

  async function visitAll(): Promise<void> {
    const [{ openKeptRoom }, { dropContent, isDropped, leadHome, listDeserted, mayDrop }] = await Promise.all(
      [import("@latchkey/core/device/kept-log"), import("@latchkey/core/device/retire-log")],
    );
    const logs = await readKept();
    let isAllTold = true;
    for (const kept of logs) {
      // Erased and needed by nobody: a visit would only bring it back.
      if (listDeserted(device, logs).includes(kept) && (await isDropped(device, kept))) continue;
      await leadHome(device, kept);
      let isTold = true;
      for (const relay of listRelays()) {
        if (signal.aborted) return;
        const problem = await visitRoom(await openKeptRoom(device, kept), relay, signal);
        isTold &&= problem === null;
      }
      isAllTold &&= isTold;
      // A relay that could not be reached still has to be given the record that leads on.
      if (!isTold || !(await mayDrop(device, kept))) continue;
      // What others left there is this device's to issue then.
      if ((await dropContent(device, kept)) > 0) await reissue();
    }
    if (isAllTold) visitAgainMs = VISIT_AGAIN_MS;
    else planVisit();
  }

  function planVisit(): void {
    if (visitAgain !== null) return;
    visitAgain = startTimer(() => {
      visitAgain = null;
      void visit();
    }, visitAgainMs);
    visitAgainMs = Math.min(VISIT_EVERY_MS, 2 * visitAgainMs);
  }

  /** Rooms that everybody has left are emptied: that takes their authority's key, so it is done when the person is verified. */
  async function retire(authorities: ReadonlyMap<KeptLog, SigningKeyPair>): Promise<void> {
    const { openKeptRoom } = await import("@latchkey/core/device/kept-log");
    const { forgetLog, isDropped } = await import("@latchkey/core/device/retire-log");
    await visitAll();
    // A retirement that was asked for before this one may have forgotten some of them, and their keys.
    const stillKept = new Set((await readKept()).map(({ epoch }) => encodeHex(epoch.hash)));
    for (const [kept, authority] of authorities) {
      if (!stillKept.has(encodeHex(kept.epoch.hash)) || !(await isDropped(device, kept))) {
        wipe(authority.secretKey);
        continue;
      }
      const { keys } = await openKeptRoom(device, kept);
      const relays = listRelays();
      const outcomes = relays.map((relay) => purgeRoom(keys, authority, relay, device.deps.random));
      // A relay that cannot be reached now is asked the next time; without any there is no room.
      if ((await Promise.all(outcomes)).every((code) => code === null)) await forgetLog(device, kept);
      wipe(authority.secretKey);
    }
  }

  /** What waited for something of another device goes on when that comes. */
  async function reissue(): Promise<void> {
    const { reissueOwn } = await import("@latchkey/core/device/reissue-own");
    hasWaiting = (await reissueOwn(device, null)).waiting > 0;
  }

  const visit = (): Promise<void> => enqueue(visitAll);
  const unsubscribe = device.subscribe((notices) => {
    if (notices.some(({ is }) => is === "epoch-seen")) void enqueue(follow);
    if (notices.some(({ is }) => is === "moved")) {
      hasWaiting = true;
      void visit();
    }
    if (hasWaiting && notices.some((notice) => notice.is === "accepted" && notice.kind === "reissue"))
      void enqueue(reissue);
  });
  const timer = startInterval(() => void visit(), VISIT_EVERY_MS);
  void enqueue(follow);
  if (hasWaiting) void enqueue(reissue);
  void visit();

  return {
    idle: () => queue,
    visit,
    async retire(signing) {
      const { deriveRoomAuthority, listDeserted } = await import("@latchkey/core/device/retire-log");
      const authorities = new Map<KeptLog, SigningKeyPair>();
      for (const kept of listDeserted(device, await readKept())) {
        const authority = deriveRoomAuthority(signing, kept);
        if (authority !== null) authorities.set(kept, authority);
      }
      if (authorities.size > 0) void enqueue(() => retire(authorities));
    },
    stop() {
      ended.abort();
      clearInterval(timer);
      if (visitAgain !== null) clearTimeout(visitAgain);
      unsubscribe();
    },
  };
}
