/** One run's world: devices, relays, the wires between them, time, and what is known to be true. The judges speak through `violate`. */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import { decodeHex } from "@latchkey/core/bytes/text";
import type { MadePage } from "@latchkey/core/device/recovery-page";
import type { CredentialCrypto } from "@latchkey/core/ports";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { type Base, BEGIN_MS, createPooledCrypto, originOf } from "./base.ts";
import { type Chance, createChance } from "./chance.ts";
import type { Faults } from "./faults.ts";
import { judgeStoredBytes } from "./invariants/blind-relay.ts";
import { judgeAcceptedEntry } from "./invariants/nothing-unverified.ts";
import { entriesOn, hashOf, Ledger } from "./ledger.ts";
import { MARK } from "./new-passkey.ts";
import { Network } from "./network.ts";
import { type Act, People } from "./people.ts";
import { Replica } from "./replica.ts";
import { SimRelay } from "./sim-relay.ts";
import { Timeline } from "./timeline.ts";

/** A promise of sync-protocol.md § 1 that was broken, by the name of its judge. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** A sheet of paper, and the snapshot of the epoch from which it begins. */
export interface SimPage extends MadePage {
  readonly snapshot: Uint8Array;
  /** Its entry public key in hex. */
  readonly key: string;
  /** The entry that made it a member, in hex. */
  readonly admission: string | null;
}

const DAY_MS = 86_400_000;
/** Clocks of devices may be wrong by so much: nothing depends on them. */
const MAX_SKEW_DAYS = 400;
const MAX_DEVICES = 6;

export class World {
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly people = new People();
  readonly network: Network;
  readonly relays: readonly SimRelay[];
  readonly replicas: Replica[] = [];
  /** Recovery pages that were made, dead ones too. */
  readonly pages: SimPage[] = [];
  /** How often one was used. */
  usedPages = 0;
  readonly crypto: CredentialCrypto = createPooledCrypto();
  readonly faults: Faults;
  /** Entries that were on no disk and no relay any more at some moment, in hex. */
  readonly lost = new Set<string>();
  violation: Violation | null = null;
  /** All faults are over: from now on nothing may be refused or closed. */
  healed = false;
  readonly lines: string[] | null;

  constructor(
    seed: number,
    base: Base,
    relays: number,
    options: { readonly faults: Faults; readonly traced: boolean },
  ) {
    this.chance = createChance(seed);
    this.faults = options.faults;
    this.lines = options.traced ? [] : null;
    this.ledger = new Ledger(base.ledger);
    this.network = new Network(this.timeline, this.chance.split(), this.ledger);
    this.relays = Array.from(
      { length: relays },
      (_, i) =>
        new SimRelay(originOf(i), {
          timeline: this.timeline,
          chance: this.chance.split(),
          now: () => this.now(),
          onStored: (bytes) => judgeStoredBytes(this, bytes),
        }),
    );
    for (const disk of base.disks) this.addReplica(disk.copy());
    const deed = { act: "create", puts: { title: `${MARK} first` } } as const;
    const first = this.people.begin(0, base.passkey.id, deed, "change");
    this.people.written(
      first,
      base.ledger.written.get(base.passkey.entry)!,
      () => false,
      () => [],
    );
    first.acknowledged = true;
  }

  now(): number {
    return BEGIN_MS + this.timeline.now;
  }

  get isFull(): boolean {
    return this.replicas.length >= MAX_DEVICES;
  }

  /** `admitted`: the entry that made it a member and who wrote that, if it was in this run. */
  addReplica(
    disk: Replica["disk"],
    admitted: Pick<Replica, "admission" | "sponsor"> = { admission: null, sponsor: null },
  ): Replica {
    const skew = (this.chance.below(2 * MAX_SKEW_DAYS) - MAX_SKEW_DAYS) * DAY_MS;
    const replica = new Replica(this, this.replicas.length, {
      ...admitted,
      disk,
      clockSkewMs: skew,
    });
    this.replicas.push(replica);
    return replica;
  }

  stopped = (): boolean => this.violation !== null;

  violate(invariant: string, detail: string): void {
    this.violation ??= { invariant, detail };
    this.trace(`BROKEN ${invariant}: ${detail}`);
  }

  trace(line: string): void {
    this.lines?.push(`${(this.timeline.now / 1000).toFixed(3)} ${line}`);
  }

  /** Something that goes on by itself: it may only fail with an error of ours, and then only while something is wrong. */
  watch(what: string, task: Promise<unknown>): void {
    task.catch((error: unknown) => {
      if (isVaultError(error, "LK-VAULT-DISK-FULL") && !this.healed) {
        this.trace(`${what}: disk is full`);
        return;
      }
      this.violate("only errors of ours", `${what}: ${describeError(error)}`);
    });
  }

  /** The log that devices are in. */
  roomId(): Uint8Array | null {
    for (const { device } of this.replicas) if (device !== null) return device.context.epoch.logId;
    return null;
  }

  /**
   * After a disk or a relay was put back: which entries nobody has any more, and which acts may be gone with them: those whose entry, or one
   * that it rests on, is among these. A device whose admission is gone has nobody to vouch for it: it is paired again (§ 6, known limits).
   */
  async noteLoss(): Promise<void> {
    const there = new Set<string>();
    for (const { disk } of this.replicas) for (const hash of entriesOn(disk)) there.add(hash);
    const rooms = new Set([...this.ledger.written.values()].map(({ logId }) => logId));
    for (const relay of this.relays) {
      for (const room of rooms)
        for (const entry of await relay.entriesOf(decodeHex(room) as RoomId)) there.add(hashOf(entry) ?? "");
    }
    for (const hash of this.ledger.written.keys()) if (!there.has(hash)) this.lost.add(hash);
    for (const act of this.people.acts) act.mayBeLost ||= this.#isLost(act);
    for (const replica of this.replicas) {
      if (replica.admission !== null && this.#restsOnLost(replica.admission)) replica.orphan();
    }
  }

  #isLost(act: Act): boolean {
    return (
      (act.entry !== null && this.#restsOnLost(act.entry)) || [...act.saw].some(({ mayBeLost }) => mayBeLost)
    );
  }

  #restsOnLost(entry: string): boolean {
    for (const hash of this.ledger.restsOn(entry)) if (this.lost.has(hash)) return true;
    return false;
  }

  judgeAccepted(replica: Replica, hash: string, bytes: Uint8Array): void {
    judgeAcceptedEntry(this, replica, hash, bytes);
  }

  judgeClosed(replica: Replica, code: ErrorCode): void {
    if (code === "LK-UI-BUG") this.violate("only errors of ours", `${replica.name} had a fault of its own`);
    else if (this.healed) this.violate("converges", `${replica.name} closed an honest relay: ${code}`);
  }
}

export const describeError = (error: unknown): string =>
  isVaultError(error)
    ? `${error.code} ${error.message}`
    : error instanceof Error
      ? (error.stack ?? "")
      : String(error);
