/**
 * The wires between devices and relays, in virtual time: a frame takes a while and keeps its place, as on a TCP connection. A wire can be cut at any
 * moment, with the relay hearing of it late; and it can be hostile, as a wire is whose other end is: frames lost, doubled, swapped, cut,
 * with bits flipped.
 */
import { decodeRelayFrame, type RoomId } from "@latchkey/core/relay-protocol";
import { isVaultError } from "@latchkey/core/errors";
import type { Chance } from "./chance.ts";
import type { Ledger } from "./ledger.ts";
import type { Replica } from "./replica.ts";
import type { RelayEnd, SimRelay } from "./sim-relay.ts";
import type { Timeline } from "./timeline.ts";

const SHORTEST_TRIP_MS = 1;
const TRIP_SPREAD_MS = 30;

export const HARMS = ["drop", "double", "swap", "truncate", "flip"] as const;
export type Harm = (typeof HARMS)[number];

export interface Wire {
  send(frame: Uint8Array): void;
  /** The device ends it; the relay hears of it so much later. */
  cut(relayHearsAfterMs: number): void;
}

export interface WireUser {
  frame(bytes: Uint8Array): void;
  ended(): void;
}

export class Network {
  /** Pairs of device and relay that cannot reach one another. */
  readonly #partitions = new Set<string>();
  /** What happens to one frame in so many, on the wires of a device. */
  readonly #harms = new Map<number, { readonly harm: Harm; readonly oneIn: number }>();
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #ledger: Ledger;

  constructor(timeline: Timeline, chance: Chance, ledger: Ledger) {
    this.#timeline = timeline;
    this.#chance = chance;
    this.#ledger = ledger;
  }

  partition(replica: Replica, relay: SimRelay): void {
    this.#partitions.add(pairOf(replica, relay));
    for (const dialer of replica.process?.dialers ?? []) if (dialer.relay === relay) dialer.cut(0);
  }

  join(replica: Replica, relay: SimRelay): void {
    this.#partitions.delete(pairOf(replica, relay));
  }

  harm(replica: Replica, harm: Harm, oneIn: number): void {
    this.#harms.set(replica.number, { harm, oneIn });
  }

  /** No partition and no harm any more. */
  heal(): void {
    this.#partitions.clear();
    this.#harms.clear();
  }

  /** Whether frames may be something else than what was sent. */
  get isHostile(): boolean {
    return this.#harms.size > 0;
  }

  /** A wire to the relay, or `null` when there is no way. */
  open(replica: Replica, relay: SimRelay, roomId: RoomId, user: WireUser): Wire | null {
    if (this.#partitions.has(pairOf(replica, relay))) return null;
    let open = true;
    const end = (): void => {
      if (!open) return;
      open = false;
      user.ended();
    };
    const toDevice = this.#direction(replica, (bytes) => {
      if (!open) return;
      this.#noteDelivered(bytes, relay);
      user.frame(bytes);
    });
    // A frame that is on its way when the relay closes still arrives.
    let lastFrameAt = 0;
    const relayEnd: RelayEnd | null = relay.connect(roomId, replica.number, {
      frame: (bytes) => (lastFrameAt = toDevice(bytes)),
      closed: () => this.#timeline.after(Math.max(0, lastFrameAt - this.#timeline.now), end),
    });
    if (relayEnd === null) return null;
    let relayHears = true;
    const toRelay = this.#direction(replica, (bytes) => {
      if (relayHears) relayEnd.frame(bytes);
    });
    return {
      send: (frame) => {
        if (open) toRelay(frame);
      },
      cut: (relayHearsAfterMs) => {
        open = false;
        relayHears = false;
        this.#timeline.after(relayHearsAfterMs, () => relayEnd.closed());
      },
    };
  }

  /** One direction of a wire: says when the frame will be there. */
  #direction(replica: Replica, deliver: (bytes: Uint8Array) => void): (bytes: Uint8Array) => number {
    let last = 0;
    let kept: Uint8Array | null = null;
    const plan = (bytes: Uint8Array): number => {
      last = Math.max(last, this.#timeline.now + SHORTEST_TRIP_MS + this.#chance.below(TRIP_SPREAD_MS));
      this.#timeline.after(last - this.#timeline.now, () => deliver(bytes));
      return last;
    };
    return (bytes) => {
      const after = kept;
      kept = null;
      const harm = this.#harmTo(replica);
      if (harm === "swap") kept = bytes;
      else for (const copy of spoil(bytes, harm, this.#chance)) plan(copy);
      if (after !== null) plan(after);
      return last;
    };
  }

  #harmTo(replica: Replica): Harm | null {
    const harm = this.#harms.get(replica.number);
    return harm !== undefined && this.#chance.below(harm.oneIn) === 0 ? harm.harm : null;
  }

  /** Only where somebody lies can something arrive that nobody wrote. */
  #noteDelivered(bytes: Uint8Array, relay: SimRelay): void {
    if (!this.isHostile && relay.lie === null) return;
    try {
      const frame = decodeRelayFrame(bytes);
      if (frame.op === "event") this.#ledger.pass(frame.entry);
      else if (frame.op === "entries") for (const { entry } of frame.entries) this.#ledger.pass(entry);
    } catch (error) {
      if (!isVaultError(error)) throw error;
    }
  }
}

function spoil(bytes: Uint8Array, harm: Harm | null, chance: Chance): Uint8Array[] {
  switch (harm) {
    case "drop":
      return [];
    case "double":
      return [bytes, bytes];
    case "truncate":
      return [bytes.slice(0, chance.below(bytes.length + 1))];
    case "flip": {
      const copy = bytes.slice();
      const at = chance.below(copy.length);
      copy[at] = copy[at]! ^ (1 << chance.below(8));
      return [copy];
    }
    default:
      return [bytes];
  }
}

const pairOf = (replica: Replica, relay: SimRelay): string => `${replica.number} ${relay.origin}`;
