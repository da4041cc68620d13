/**
 * A running process of a device: the real `Device` on its disk, dialled to every relay of the vault and kept in the epoch that counts. It can be
 * killed at any instant and at any write; then nothing of it happens any more.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { Device, type DeviceDeps } from "@latchkey/core/device/device";
import { openDevice } from "@latchkey/core/device/open-device";
import { openMetadataTier } from "@latchkey/core/device/tiers";
import { LOG_ID_BYTES } from "@latchkey/core/log/entry";
import { deriveDeviceTag } from "@latchkey/core/membership/device";
import { equalBytes } from "@latchkey/core/bytes/equal";
import type { RowChange } from "@latchkey/core/storage/device-store";
import { readEntryKey } from "@latchkey/core/sync/replica-rows";
import type { Connection } from "./connection.ts";
import { Dialer } from "./dialer.ts";
import { type DiskUser, openDisk } from "./disk.ts";
import { EpochHost } from "./epoch-host.ts";
import { openProtector } from "./open-protector.ts";
import type { Act } from "./people.ts";
import { keyOf } from "./device-key.ts";
import type { Replica } from "./replica.ts";
import type { World } from "./world.ts";

const LONGEST_COMMIT_MS = 6;

/** Where the process is to die: at its n-th commit from now, before or after the rows are durable. */
export interface DeathAt {
  commits: number;
  readonly durable: boolean;
}

export class Process {
  readonly replica: Replica;
  readonly deps: DeviceDeps;
  readonly connections = new Set<Connection>();
  device: Device | null = null;
  epochs: EpochHost | null = null;
  dead = false;
  ending = false;
  /** The person's act that is under way. */
  act: Act | null = null;
  deathAt: DeathAt | null = null;
  readonly #world: World;
  readonly #dialers = new Map<string, Dialer>();

  constructor(world: World, replica: Replica) {
    this.#world = world;
    this.replica = replica;
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
    this.replica.key = keyOf(device);
    device.subscribe(() => this.#dial());
    this.#dial();
    this.epochs = new EpochHost(this.#world, this, device);
  }

  get dialers(): readonly Dialer[] {
    return [...this.#dialers.values()];
  }

  /** What is begun is ended, then the device is closed. */
  async lock(): Promise<void> {
    this.#disconnect();
    await this.device?.lock();
  }

  kill(): void {
    this.dead = true;
    this.#disconnect();
  }

  #disconnect(): void {
    this.ending = true;
    for (const dialer of this.#dialers.values()) dialer.stop();
    for (const connection of this.connections) connection.end(0);
  }

  #dial(): void {
    if (this.ending) return;
    for (const { origin } of this.device?.relays() ?? []) {
      const relay = this.#world.relays.find((each) => each.origin === origin);
      if (relay !== undefined && !this.#dialers.has(origin))
        this.#dialers.set(origin, new Dialer(this.#world, this, relay));
    }
  }

  /** Tells the ledger what this device wrote, and the judges what it accepted. */
  #onDurable(changes: readonly RowChange[]): void {
    for (const { table, key, value } of changes) {
      if (table !== "entry" || value === null) continue;
      const hash = encodeHex(readEntryKey(key).hash);
      this.#noteOwn(key, hash, value.slice());
      this.#world.trace(`${this.replica.name} has ${this.#world.ledger.nameOf(hash)}`);
      this.#world.judgeAccepted(this.replica, hash, value);
    }
  }

  /** An entry under this device's own name that nobody brought is one that it wrote. */
  #noteOwn(key: Uint8Array, hash: string, bytes: Uint8Array): void {
    const { ledger, people } = this.#world;
    const { device } = this;
    if (device === null || ledger.written.has(hash) || ledger.forged.has(hash)) return;
    const logId = key.slice(0, LOG_ID_BYTES);
    const own = deriveDeviceTag(device.context.self.signer.publicKey, logId, 0);
    if (!equalBytes(readEntryKey(key).deviceTag, own)) return;
    const written = ledger.write(key, bytes, device);
    if (this.act === null || this.act.entry !== null || this.act.kind !== written.kind) return;
    // The device takes the step when this is over: what it shows is what its person saw.
    people.written(
      this.act,
      written,
      (before) => ledger.hasOperation(device, before),
      (id, register) => device.state.document.valuesOf(id, register),
    );
  }
}
