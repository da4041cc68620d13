/**
 * Keeps a process in the epoch that counts, as the desktop's epoch service does: follows each record that comes, fetches snapshots, looks after the
 * rooms that were left, and makes epochs when a person wants one. One of these at a time.
 */
import { acknowledgeOpened } from "@latchkey/core/device/acknowledge-opened";
import { followEpochs, settleIn } from "@latchkey/core/device/follow-epochs";
import { type KeptLog, openKeptRoom, readKeptLogs } from "@latchkey/core/device/kept-log";
import { publishEpoch, stagedRoom } from "@latchkey/core/device/move-epoch";
import { giveWithheld, renewWithheld } from "@latchkey/core/device/probation";
import { readmitOverlooked } from "@latchkey/core/device/readmit";
import { dropContent, forgetLog, leadHome, listDeserted, mayDrop } from "@latchkey/core/device/retire-log";
import { reissueOwn } from "@latchkey/core/device/reissue-own";
import { presentRoom, type RelayRoom } from "@latchkey/core/device/relay-room";
import { type NextEpochPlan, type StagedEpoch, stageEpoch } from "@latchkey/core/device/stage-epoch";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { Device } from "@latchkey/core/device/device";
import { visitRoom } from "./connection.ts";
import { openSigning } from "./new-passkey.ts";
import type { Process } from "./process.ts";
import { fetchSnapshot } from "./snapshot-fetcher.ts";
import type { World } from "./world.ts";

/** A room that could not be told is visited again so much later. */
const VISIT_AGAIN_MS = 60_000;

export class EpochHost {
  readonly #world: World;
  readonly #process: Process;
  readonly #device: Device;
  #queue: Promise<unknown> = Promise.resolve();
  #visitsAgain = false;

  constructor(world: World, process: Process, device: Device) {
    this.#world = world;
    this.#process = process;
    this.#device = device;
    device.subscribe((notices) => {
      if (notices.some(({ is }) => is === "epoch-seen")) this.follow();
      if (notices.some((notice) => notice.is === "accepted" && notice.kind === "reissue")) this.#reissue();
      if (notices.some(({ is }) => is === "moved")) {
        world.trace(`${process.replica.name} is in epoch ${device.epoch.record.number}`);
        this.visit();
      }
    });
    this.follow();
    this.visit();
  }

  /** To where the records lead. */
  follow(): void {
    this.#enqueue("follows", async () => {
      const { random } = this.#process.deps;
      await followEpochs(this.#device, (opened) =>
        fetchSnapshot(this.#world, this.#process.replica, opened, random),
      );
    });
  }

  /** Looks after the rooms that were left, and gives out what was withheld and is due. */
  visit(): void {
    this.#enqueue("visits", async () => {
      await giveWithheld(this.#device);
      let isAllTold = true;
      for (const kept of await this.#readKept()) {
        await leadHome(this.#device, kept);
        let isTold = true;
        for (const relay of this.#world.relays) {
          const room = await openKeptRoom(this.#device, kept);
          isTold = (await visitRoom(this.#world, this.#process, room, relay)) && isTold;
        }
        // A relay that could not be reached still has to be given the record that leads on.
        isAllTold &&= isTold;
        if (!isTold || !(await mayDrop(this.#device, kept))) continue;
        if ((await dropContent(this.#device, kept)) > 0) await reissueOwn(this.#device, null);
      }
      if (!isAllTold) this.#visitLater();
    });
  }

  #visitLater(): void {
    if (this.#visitsAgain) return;
    this.#visitsAgain = true;
    this.#world.timeline.after(VISIT_AGAIN_MS, () => {
      this.#visitsAgain = false;
      this.visit();
    });
  }

  #readKept(): Promise<readonly KeptLog[]> {
    return readKeptLogs(this.#process.deps.store, this.#device.context.rows);
  }

  /** A user verification: what waited for it is done. */
  verify(): void {
    this.#enqueue("verifies", async () => {
      const signing = await openSigning(this.#process.deps, this.#device);
      await readmitOverlooked(this.#device, signing);
      await renewWithheld(this.#device, signing);
      await reissueOwn(this.#device, signing);
      const unopened = await acknowledgeOpened(this.#device, signing);
      if (unopened.length > 0)
        this.#world.violate("nothing lost", `${this.#process.replica.name} does not open ${unopened.length}`);
      await this.#retire();
    });
  }

  /** What waited for an operation of another device may have it now. */
  #reissue(): void {
    this.#enqueue("issues again", async () => void (await reissueOwn(this.#device, null)));
  }

  /** Makes an epoch. `plan` sees the device when its turn has come. `staged` is told of it before anybody else. */
  async change(plan: (device: Device) => NextEpochPlan, told: (staged: StagedEpoch) => void): Promise<void> {
    const device = this.#device;
    await this.#queue;
    const signing = await openSigning(this.#process.deps, device);
    const staged = await stageEpoch(device, signing, plan(device));
    told(staged);
    let stored = 0;
    for (const relay of this.#world.relays)
      if (await visitRoom(this.#world, this.#process, roomOf(device, staged), relay)) stored++;
    if (stored === 0) throw new VaultError("LK-EPOCH-CONTACT", "no relay took the vault under its new keys");
    await publishEpoch(device, staged, signing);
    this.#enqueue("settles in", () => settleIn(device));
    this.visit();
  }

  /** Logs that everybody has left go. (Emptying their rooms at the relay is the relay's own tests' matter.) */
  async #retire(): Promise<void> {
    for (const kept of listDeserted(this.#device, await this.#readKept())) {
      await dropContent(this.#device, kept);
      await forgetLog(this.#device, kept);
    }
  }

  #enqueue(what: string, task: () => Promise<void>): void {
    const done = this.#queue.then(async () => {
      if (this.#process.dead || this.#process.ending) return;
      try {
        await task();
      } catch (error) {
        if (!isVaultError(error)) throw error;
        this.#world.trace(`${this.#process.replica.name} ${what}: ${error.code} ${error.message}`);
      }
    });
    this.#queue = done.catch(() => {});
    this.#world.watch(`${this.#process.replica.name} ${what}`, done);
  }
}

/** The new room before anybody knows of it: it has a snapshot and nothing else. */
const roomOf = (device: Device, staged: StagedEpoch): RelayRoom => ({
  ...presentRoom(device),
  keys: stagedRoom(staged),
  listAccepted: () => [],
  listGaps: () => [],
  receive: (entries) => Promise.resolve(entries.map(() => null)),
  readEntries: () => Promise.resolve([]),
  readSnapshot: () => Promise.resolve(staged.made.snapshot),
  readRelayRows: () => Promise.resolve([]),
  commit: () => Promise.resolve(),
  subscribe: () => () => {},
});
