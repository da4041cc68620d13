/**
 * Keeps one process connected to one relay, as the desktop's relay client does, in virtual time: dials, runs the real session of core, and
 * after its end dials again with a growing, jittered wait.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { openRelaySession, type RelaySession } from "@latchkey/core/device/relay-session";
import type { RoomId } from "@latchkey/core/relay-protocol";
import type { LinkReport } from "@latchkey/core/sync/link-effect";
import type { Wire } from "./network.ts";
import type { Process } from "./process.ts";
import type { Replica } from "./replica.ts";
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
  /** Everything that the session reported. */
  readonly reports: LinkReport["is"][] = [];
  readonly #world: World;
  readonly #replica: Replica;
  readonly #process: Process;
  #wire: Wire | null = null;
  #session: RelaySession | null = null;
  #stopped = false;
  #wait = SHORTEST_WAIT_MS;

  constructor(world: World, replica: Replica, process: Process, relay: SimRelay) {
    this.#world = world;
    this.#replica = replica;
    this.#process = process;
    this.relay = relay;
    this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#end(0);
  }

  /** The connection breaks, and is dialled anew. */
  cut(relayHearsAfterMs: number): void {
    if (this.#wire === null) return;
    this.#end(relayHearsAfterMs);
    this.#dialLater();
  }

  #end(relayHearsAfterMs: number): void {
    this.#session?.end();
    this.#session = null;
    this.#wire?.cut(relayHearsAfterMs);
    this.#wire = null;
    this.settled = false;
  }

  #dialLater(): void {
    const jitter = this.#world.chance.below(this.#wait / 2);
    this.#world.timeline.after(this.#wait + jitter, () => this.#dial());
    this.#wait = Math.min(LONGEST_WAIT_MS, this.#wait * 2);
  }

  #dial(): void {
    const { device } = this.#process;
    if (this.#stopped || this.#wire !== null || device === null) return;
    const early: Uint8Array[] = [];
    const roomId = device.context.epoch.logId as RoomId;
    const wire = this.#world.network.open(this.#replica, this.relay, roomId, {
      frame: (bytes) => {
        if (this.#wire !== wire) return;
        if (this.#session === null) early.push(bytes);
        else this.#session.receive(bytes);
      },
      ended: () => {
        if (this.#wire === wire) this.cut(0);
      },
    });
    if (wire === null) return this.#dialLater();
    this.#wire = wire;
    let joined = false;
    this.#world.timeline.after(JOIN_MS, () => {
      if (!joined && this.#wire === wire) this.cut(0);
    });
    const address = device.relays().find(({ origin }) => origin === this.relay.origin);
    const opened = openRelaySession(device, address ?? { origin: this.relay.origin, token: null }, {
      socket: { send: (frame) => wire.send(frame), close: () => this.cut(0) },
      report: (report) => {
        if (report.is === "joined") joined = true;
        this.#onReport(report);
      },
      closed: (code) => this.#onClosed(code),
      wait: (ms, resume) => this.#world.timeline.after(ms, resume),
    }).then((session) => {
      if (this.#wire !== wire) return session.end();
      this.#session = session;
      for (const bytes of early) session.receive(bytes);
      return undefined;
    });
    this.#world.watch(`${this.#replica.name} connects`, opened);
  }

  #onReport(report: LinkReport): void {
    this.reports.push(report.is);
    this.settled = report.is === "settled" || (this.settled && report.is !== "caught-up");
    if (report.is === "settled") this.#wait = SHORTEST_WAIT_MS;
    this.#world.trace(`${this.#replica.name} ${this.relay.origin}: ${report.is}`);
  }

  #onClosed(code: ErrorCode): void {
    this.#world.trace(`${this.#replica.name} ${this.relay.origin}: closed ${code}`);
    this.#world.judgeClosed(this.#replica, code);
  }
}
