/**
 * A running process of a device: the real `Device` on its disk, dialled to every relay of the vault. It can be killed at any instant and at any
 * write; then nothing of it happens any more.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { Device, type DeviceDeps } from "@latchkey/core/device/device";
import { openDevice } from "@latchkey/core/device/open-device";
import { openMetadataTier } from "@latchkey/core/device/tiers";
import type { KeyProtector } from "@latchkey/core/ports";
import { LOG_ID_BYTES } from "@latchkey/core/log/entry";
import type { RowChange } from "@latchkey/core/storage/device-store";
import { readEntryKey } from "@latchkey/core/sync/replica-rows";
import { Dialer } from "./dialer.ts";
import { type DiskUser, openDisk } from "./disk.ts";
import type { Act } from "./people.ts";
import type { Replica } from "./replica.ts";
import type { World } from "./world.ts";

const LONGEST_COMMIT_MS = 6;

/** Gives every key to whoever asks: what protects keys is the hosts' matter and tested there. */
export const openProtector: KeyProtector = {
  protect: async (_, key) => key.slice(),
  release: async (_, protectedKey) => protectedKey.slice(),
};

/** Where the process is to die: at its n-th commit from now, before or after the rows are durable. */
export interface DeathAt {
  commits: number;
  readonly durable: boolean;
}

export class Process {
  readonly deps: DeviceDeps;
  device: Device | null = null;
  dead = false;
  /** The person's act that is under way. */
  act: Act | null = null;
  deathAt: DeathAt | null = null;
  readonly #world: World;
  readonly #replica: Replica;
  readonly #dialers = new Map<string, Dialer>();

  constructor(world: World, replica: Replica) {
    this.#world = world;
    this.#replica = replica;
    const chance = world.chance.split();
    const user: DiskUser = {
      isDead: () => this.dead,
      after: (ms, run) => world.timeline.after(ms, run),
      commitMs: () => chance.below(LONGEST_COMMIT_MS),
      fateOfCommit: () => {
        if (this.deathAt === null || --this.deathAt.commits > 0) return "lives";
        return this.deathAt.durable ? "dies-after" : "dies-before";
      },
      onDurable: (changes) => this.#onDurable(changes),
      die: () => replica.kill(),
    };
    const store = openDisk(replica.disk, user);
    const { onCommit } = world.faults;
    this.deps = {
      store:
        onCommit === undefined ? store : { ...store, commit: (changes) => store.commit(onCommit(changes)) },
      random: (length) => chance.bytes(length),
      clock: { now: () => world.now() + replica.clockSkewMs },
      crypto: world.crypto,
    };
  }

  /** Opens the device and dials its relays. */
  async start(): Promise<void> {
    const device = await openDevice(this.deps, await openMetadataTier(this.deps.store, openProtector));
    this.#world.faults.onOpened?.(device);
    this.device = device;
    device.subscribe(() => this.#dial());
    this.#dial();
  }

  get dialers(): readonly Dialer[] {
    return [...this.#dialers.values()];
  }

  /** What is begun is ended, then the device is closed. */
  async lock(): Promise<void> {
    for (const dialer of this.#dialers.values()) dialer.stop();
    await this.device?.lock();
  }

  kill(): void {
    this.dead = true;
    for (const dialer of this.#dialers.values()) dialer.stop();
  }

  #dial(): void {
    for (const { origin } of this.device?.relays() ?? []) {
      const relay = this.#world.relays.find((each) => each.origin === origin);
      if (relay !== undefined && !this.#dialers.has(origin))
        this.#dialers.set(origin, new Dialer(this.#world, this.#replica, this, relay));
    }
  }

  /** Tells the ledger what this device wrote, and the judges what it accepted. */
  #onDurable(changes: readonly RowChange[]): void {
    const { ledger, people } = this.#world;
    for (const { table, key, value } of changes) {
      if (table !== "entry" || value === null) continue;
      const { hash: hashBytes, deviceTag } = readEntryKey(key);
      const hash = encodeHex(hashBytes);
      const isOwn = encodeHex(deviceTag) === this.#ownTag();
      if (isOwn && !ledger.written.has(hash) && !ledger.forged.has(hash)) {
        const state = this.device?.state ?? null;
        const written = ledger.write(key.slice(0, LOG_ID_BYTES), key, value.slice(), state);
        if (this.act !== null && this.act.entry === null) {
          people.written(this.act, written.hash, state?.accepted.keys() ?? []);
        }
      }
      this.#world.trace(`${this.#replica.name} has ${this.#world.ledger.nameOf(hash)}`);
      this.#world.judgeAccepted(this.#replica, hash, value);
    }
  }

  #ownTag(): string | null {
    return this.device === null ? null : encodeHex(this.device.context.self.deviceTag);
  }
}
