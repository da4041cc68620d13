/**
 * Keeps one process connected to one relay, as the desktop's relay client does, in virtual time: in the room of the epoch that the device is in;
 * after a connection's end it dials again with a growing, jittered wait.
 */
import { presentRoom } from "@latchkey/core/device/relay-room";
import { connect, type Connection } from "./connection.ts";
import type { Process } from "./process.ts";
import type { SimRelay } from "./sim-relay.ts";
import type { World } from "./world.ts";

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** From dialling to the relay's welcome. */
const JOIN_MS = 15_000;

export class Dialer {
  readonly relay: SimRelay;
  /** The relay holds everything that this device has, and the other way round. */
  settled = false;
  readonly #world: World;
  readonly #process: Process;
  #connection: Connection | null = null;
  #stopped = false;
  #wait = SHORTEST_WAIT_MS;

  constructor(world: World, process: Process, relay: SimRelay) {
    this.#world = world;
    this.#process = process;
    this.relay = relay;
    this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop(0);
  }

  /** The connection breaks, and is dialled anew. */
  cut(relayHearsAfterMs: number): void {
    if (this.#connection === null) return;
    this.#drop(relayHearsAfterMs);
    this.#dialLater();
  }

  #drop(relayHearsAfterMs: number): void {
    this.#connection?.end(relayHearsAfterMs);
    this.#connection = null;
    this.settled = false;
  }

  #dialLater(): void {
    const jitter = this.#world.chance.below(this.#wait / 2);
    this.#world.timeline.after(this.#wait + jitter, () => this.#dial());
    this.#wait = Math.min(LONGEST_WAIT_MS, this.#wait * 2);
  }

  #dial(): void {
    const { device } = this.#process;
    if (this.#stopped || this.#connection !== null || device === null) return;
    let joined = false;
    const connection = connect(this.#world, this.#process, presentRoom(device), this.relay, {
      report: ({ is }) => {
        if (is === "joined") joined = true;
        this.settled = is === "settled" || (this.settled && is !== "caught-up");
        if (is === "settled") this.#wait = SHORTEST_WAIT_MS;
      },
      ended: () => {
        if (this.#connection === connection) this.cut(0);
      },
    });
    if (connection === null) return this.#dialLater();
    this.#connection = connection;
    this.#world.timeline.after(JOIN_MS, () => {
      if (!joined && this.#connection === connection) this.cut(0);
    });
  }
}
