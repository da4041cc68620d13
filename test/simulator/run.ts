/**
 * One run: the schedule, then all faults over and time for everybody to hear everything, then the judges. Between steps the judges that hold at any
 * time look as well.
 */
import { judgeStanding } from "@latchkey/core/device/standing";
import { isVaultError } from "@latchkey/core/errors";
import { ACTIONS } from "./actions.ts";
import { baseOf } from "./base.ts";
import { createChance } from "./chance.ts";
import { type Faults, NO_FAULTS } from "./faults.ts";
import { judgeConvergence } from "./invariants/converges.ts";
import { judgeForks } from "./invariants/forks-alarmed.ts";
import { judgeGaps } from "./invariants/gaps-noticed.ts";
import { judgeNothingLost, judgeShown } from "./invariants/nothing-lost.ts";
import { judgeMembers } from "./invariants/members.ts";
import { judgeOrder } from "./invariants/any-order.ts";
import { judgeSameView, viewOf } from "./invariants/same-view.ts";
import type { Schedule } from "./schedule.ts";
import { drawSodiumFrom } from "./sodium-chance.ts";
import { verifyOnce } from "./verify-once.ts";
import { describeError, type Violation, World } from "./world.ts";

interface End {
  readonly name: string;
  readonly standing: string;
  readonly epoch: number;
  readonly onProbation: boolean;
}

export interface Outcome {
  readonly violation: Violation | null;
  readonly lines: readonly string[];
  /** What everybody shows in the end: the same for the same schedule. */
  readonly view: string;
  /** Where each device stands, and in which epoch. */
  readonly ends: readonly End[];
  /** How many epochs were told of. */
  readonly records: number;
  /** Entries that were written, those before the run included. */
  readonly entries: number;
}

/** The judges look after the longer pauses: they cost as much as an act. */
const JUDGE_AFTER_MS = 8_000;

/** Of the chance streams the one for libsodium. */
const SODIUM_STREAM = 2;

/** Time for devices to find one another again, in virtual milliseconds: more than the longest wait between two attempts. */
const HEAL_MS = 600_000;

/** After the faults, days until nobody has anything to say any more but that it lives. */
const MAX_DAYS = 12;
const WEEK_MS = 8 * 86_400_000;

verifyOnce();

export async function runSchedule(
  schedule: Schedule,
  options: { readonly faults?: Faults; readonly traced?: boolean } = {},
): Promise<Outcome> {
  const base = await baseOf(schedule.devices, schedule.relays);
  const { faults = NO_FAULTS, traced = false } = options;
  const world = new World(schedule.seed, base, schedule.relays, { faults, traced });
  const drawAgain = drawSodiumFrom(createChance(schedule.seed, SODIUM_STREAM));
  try {
    for (const replica of world.replicas) replica.start();
    await world.timeline.pass(1_000, world.stopped);
    for (const step of schedule.steps) {
      if (world.violation !== null) break;
      await ACTIONS[step.do]?.run(world, step.with);
      await world.timeline.pass(step.pause, world.stopped);
      if (step.pause > JUDGE_AFTER_MS) judgeAnyTime(world);
    }
    if (world.violation === null) await heal(world);
    if (world.violation === null) await judgeEnd(world);
  } catch (error) {
    world.violate(isVaultError(error) ? "judges" : "only errors of ours", describeError(error));
  } finally {
    drawAgain();
  }
  const view = world.replicas.find(({ device }) => device !== null)?.device;
  const outcome = {
    violation: world.violation,
    lines: world.lines ?? [],
    view: view == null ? "" : viewOf(view),
    entries: world.ledger.written.size,
    ends: world.replicas.flatMap(({ name, device }) =>
      device === null
        ? []
        : [
            {
              name,
              standing: judgeStanding(device).is,
              epoch: device.epoch.record.number,
              onProbation: device.self?.onProbation === true,
            },
          ],
    ),
    records: [...world.ledger.written.values()].filter(({ kind }) => kind === "epoch-record").length - 1,
  };
  for (const { device } of world.replicas) device?.state.document.free();
  return outcome;
}

function judgeAnyTime(world: World): void {
  judgeSameView(world);
  judgeGaps(world);
  judgeForks(world);
  for (const { name, device } of world.replicas) if (device !== null) judgeShown(world, name, device);
}

/** Everything works again: relays are honest, wires whole, disks have space, every device is on. */
async function heal(world: World): Promise<void> {
  world.trace("all faults are over");
  judgeAnyTime(world);
  for (const relay of world.relays) {
    relay.lie = null;
    relay.restart();
  }
  world.network.heal();
  for (const replica of world.replicas) {
    replica.disk.full = false;
    if (replica.process !== null) replica.process.deathAt = null;
  }
  await world.noteLoss();
  // Who was about to end or to start does; then everybody is on.
  for (let day = 0, before = ""; day < MAX_DAYS && world.violation === null; day++) {
    for (const replica of world.replicas) replica.start();
    if (!(await world.timeline.quieten(HEAL_MS, world.stopped)) && world.violation === null)
      return world.violate("converges", "devices and relays do not come to rest");
    world.healed = true;
    const now = describeWorld(world);
    if (now === before) return;
    before = now;
    // Once a week a room is asked for everything: in a log that was left nothing else tells what a relay kept back.
    if (day === 0) await world.timeline.pass(WEEK_MS, world.stopped);
    beginDay(world, day);
  }
}

/** As long as it changes somebody has something to say but that it lives, has been heard by a relay and not by others, or has moved and was not verified since. */
function describeWorld({ ledger, relays, replicas }: World): string {
  const said = [...ledger.written.values()].filter(({ kind }) => kind !== "beacon").length;
  const heard = relays.map(({ writes }) => writes);
  return [said, ...heard, ...replicas.map(({ device }) => device?.epoch.record.number)].join();
}

/** What was acknowledged must have come, a sign of life tells what a relay kept back, and the person is verified. */
function beginDay(world: World, day: number): void {
  for (const relay of world.relays) relay.restart();
  for (const { device, name, process } of world.replicas) {
    if (day === 0 && device !== null) world.watch(`${name} beacons`, device.writeBeacon());
    if (world.ledger.epochs.size === 0) continue;
    process?.epochs?.visit();
    process?.epochs?.follow();
    process?.epochs?.verify();
  }
}

async function judgeEnd(world: World): Promise<void> {
  judgeGaps(world);
  judgeForks(world);
  const closed = world.replicas.find(({ orphaned, device }) => !orphaned && device === null);
  if (closed !== undefined) return world.violate("converges", `${closed.name} does not open`);
  const members = judgeMembers(world);
  if (members === null) return;
  if (world.violation === null) await judgeConvergence(world, members);
  if (world.violation === null) judgeNothingLost(world, members);
  if (world.violation === null && members.length > 0) await judgeOrder(world, members);
}
