/** A device of the vault as a thing in the world: a disk, old images of it, and a process while it is switched on. */
import type { Device } from "@latchkey/core/device/device";
import type { Disk } from "./disk.ts";
import { entriesOn } from "./ledger.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Images that a person keeps of one disk. */
const MAX_IMAGES = 2;

export class Replica {
  readonly name: string;
  /** Its place among all devices: also its address. */
  readonly number: number;
  disk: Disk;
  readonly images: Disk[] = [];
  /** Nobody who could vouch for it is left, so it has no part in what devices must agree on. */
  orphaned = false;
  /** The entry that made it a member, in hex; `null` if it was there from the beginning. */
  readonly admission: string | null;
  /** Which device admitted it, by its key; `null` if it was there from the beginning. */
  readonly sponsor: string | null;
  readonly clockSkewMs: number;
  process: Process | null = null;
  /** Its entry public key in hex, once it was open. */
  key: string | null = null;
  readonly #world: World;

  constructor(
    world: World,
    number: number,
    parts: Pick<Replica, "disk" | "admission" | "sponsor" | "clockSkewMs">,
  ) {
    this.#world = world;
    this.name = `D${number}`;
    this.number = number;
    this.disk = parts.disk;
    this.admission = parts.admission;
    this.sponsor = parts.sponsor;
    this.clockSkewMs = parts.clockSkewMs;
  }

  /** The open device; `null` while it is off, starting or ending. */
  get device(): Device | null {
    return this.process?.device ?? null;
  }

  start(): void {
    if (this.process !== null || this.orphaned) return;
    const process = new Process(this.#world, this);
    this.process = process;
    this.#world.watch(`${this.name} opens`, process.start());
  }

  /** Locks the vault and ends the process, in good order. */
  stop(): void {
    const { process } = this;
    if (process === null || process.device === null) return;
    this.#world.watch(
      `${this.name} locks`,
      process.lock().then(() => {
        process.dead = true;
        if (this.process === process) this.process = null;
      }),
    );
  }

  /** The power is cut. */
  kill(): void {
    this.process?.kill();
    this.process = null;
  }

  /** Nobody can know it any more: it is switched off for good. */
  orphan(): void {
    this.kill();
    this.orphaned = true;
    this.#world.trace(`${this.name} is nobody's device any more`);
  }

  keepImage(): void {
    this.images.push(this.disk.copy());
    if (this.images.length > MAX_IMAGES) this.images.shift();
  }

  /** The disk is again what it was when the image was taken. */
  restoreImage(index: number): boolean {
    const image = this.images[index % Math.max(1, this.images.length)];
    if (image === undefined) return false;
    this.kill();
    const kept = entriesOn(image);
    for (const act of this.#world.people.acts) {
      if (act.entry !== null && !kept.has(act.entry) && act.author === this.number) act.isForgotten = true;
    }
    this.disk = image.copy();
    return true;
  }
}
