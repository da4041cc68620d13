/**
 * The schedules that sync-protocol.md § 11 names, each under its own name: situations that broke simpler designs. Everything is judged that is judged
 * in any run; where the situation itself might not come about, the end says so. (Pins and the forward slot are not in the simulated relay's
 * way, nor are their schedules here.)
 */
import { describe, expect, test } from "vitest";
import type { Numbers, Step } from "./action.ts";
import { type Outcome, runSchedule } from "./run.ts";

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** Long enough for everything that can arrive. */
const A_WHILE = 120 * SECOND;

const step = (what: string, numbers: Numbers = {}, pause = A_WHILE): Step => ({
  do: what,
  with: numbers,
  pause,
});

const edit = (on: number, value: number, pause = A_WHILE): Step =>
  step("edit", { on, passkey: 0, register: 0, value }, pause);
const add = (on: number): Step => step("add", { on, number: 7 });
const changeKeys = (on: number, pause = A_WHILE): Step => step("changeKeys", { on }, pause);
const remove = (on: number, of: number, pause = A_WHILE): Step => step("removeDevice", { on, of }, pause);
const away = (device: number): Step => step("lock", { device, back: -1 });
const back = (device: number): Step => step("start", { device });
const cutOff = (device: number, relays: number): Step[] =>
  Array.from({ length: relays }, (_, relay) => step("partition", { device, relay }, 0));
/** Each device has a relay of its own and no other: they have contact, and do not hear one another. */
const apart = (devices: number): Step[] =>
  Array.from({ length: devices ** 2 }, (_, i): Step[] => {
    const [device, relay] = [Math.floor(i / devices), i % devices];
    return device === relay ? [] : [step("partition", { device, relay }, 0)];
  }).flat();
const together = step("healNetwork");

interface Named {
  readonly devices: number;
  readonly relays?: number;
  readonly steps: readonly Step[];
  readonly ends: (outcome: Outcome) => void;
}

/** All devices but those named are in this epoch. */
const allIn =
  (epoch: number, ...removed: readonly string[]) =>
  ({ ends }: Outcome): void => {
    for (const { name, standing, epoch: at } of ends) {
      if (removed.includes(name)) expect([name, standing]).toEqual([name, "removed"]);
      else expect([name, standing, at]).toEqual([name, "member", epoch]);
    }
  };

/** Nobody goes on without a person who chooses. */
const undecided = ({ ends }: Outcome): void => {
  expect(new Set(ends.map(({ standing }) => standing))).toEqual(new Set(["undecided"]));
};

/** Each in this epoch, and these on probation still. */
const allInWith =
  (epoch: number, ...waiting: readonly string[]) =>
  (outcome: Outcome): void => {
    allIn(epoch)(outcome);
    const names = outcome.ends.filter(({ onProbation }) => onProbation).map(({ name }) => name);
    expect(names).toEqual(waiting);
    // Everybody agrees on who there is: the founders and the one that came.
    expect(outcome.ends).toHaveLength(3);
  };

const named: Readonly<Record<string, Named>> = {
  "mutual removal": {
    devices: 3,
    relays: 3,
    steps: [...apart(3), remove(0, 1), remove(1, 0), edit(2, 1), together],
    ends: undecided,
  },
  "mutual removal, and the person chooses the same on every device": {
    devices: 3,
    relays: 3,
    steps: [
      ...apart(3),
      remove(0, 1),
      remove(1, 0),
      edit(2, 1),
      together,
      ...[0, 1, 2].map((device) => step("lookAfter", { device })),
      ...[0, 1, 2].map((device) => step("chooseEpoch", { device, rival: 0 })),
    ],
    ends: ({ ends }) => {
      const standings = ends.map(({ standing }) => standing).sort();
      expect(standings).toEqual(["member", "member", "removed"]);
    },
  },
  "three records on one parent that beat each other in a circle": {
    devices: 3,
    relays: 3,
    steps: [...apart(3), remove(0, 1), remove(1, 2), remove(2, 0), together],
    ends: undecided,
  },
  "pairing inside a losing epoch": {
    devices: 2,
    relays: 2,
    steps: [
      ...apart(2),
      changeKeys(1),
      step("pair", { on: 1, joins: 1 }),
      edit(2, 1),
      changeKeys(0),
      together,
    ],
    ends: allIn(2),
  },
  "an operation placed in a losing epoch and covered by the winner": {
    devices: 3,
    relays: 2,
    steps: [
      // D0 and D2 share the relay 0, and D1 has the other: D0 knows of the edit, D1 does not.
      step("partition", { device: 0, relay: 1 }, 0),
      step("partition", { device: 1, relay: 0 }, 0),
      step("partition", { device: 2, relay: 1 }),
      edit(2, 1),
      changeKeys(1),
      step("partition", { device: 2, relay: 0 }, 0),
      step("join", { device: 2, relay: 1 }),
      changeKeys(0),
      together,
    ],
    ends: allIn(2),
  },
  "an operation waiting for a user verification overtaken by a record": {
    devices: 3,
    steps: [...cutOff(2, 1), add(2), changeKeys(0), together, changeKeys(1)],
    ends: allIn(3),
  },
  "three concurrent records, one nested": {
    devices: 3,
    relays: 3,
    steps: [...apart(3), changeKeys(0), changeKeys(1), edit(1, 1), changeKeys(1), changeKeys(2), together],
    ends: ({ records, ...outcome }) => {
      expect(records).toBeGreaterThanOrEqual(4);
      allIn(2)({ records, ...outcome });
    },
  },
  "removal by the junior against a squash by the senior": {
    devices: 3,
    relays: 3,
    steps: [...apart(3), changeKeys(0), remove(1, 2), edit(2, 1), together],
    ends: ({ records }) => expect(records).toBeGreaterThanOrEqual(2),
  },
  "pairing during an epoch: a new device overtaken by a record whose maker had not seen it": {
    devices: 2,
    relays: 2,
    steps: [...apart(2), step("pair", { on: 1, joins: 1 }), edit(2, 1), changeKeys(0), together],
    ends: allIn(2),
  },
  "an image restored with contact": {
    devices: 3,
    steps: [
      step("keepImage", { device: 1 }),
      edit(1, 1),
      changeKeys(0),
      edit(1, 2),
      step("restoreImage", { device: 1, image: 0, apart: 0 }),
      edit(1, 3),
    ],
    ends: allIn(2),
  },
  "an image restored without contact": {
    devices: 3,
    steps: [
      step("keepImage", { device: 1 }),
      edit(1, 1),
      step("restoreImage", { device: 1, image: 0, apart: 1 }),
      edit(1, 2),
      changeKeys(0),
      together,
    ],
    ends: allIn(2),
  },
  "an operation number used twice after an image was restored": {
    devices: 2,
    steps: [
      step("keepImage", { device: 1 }),
      edit(1, 1),
      edit(1, 2),
      step("restoreImage", { device: 1, image: 0, apart: 1 }),
      edit(1, 3),
      edit(1, 4),
      together,
      changeKeys(0),
    ],
    ends: allIn(2),
  },
  "a relay wiped after 31 days with one member away": {
    devices: 3,
    steps: [
      away(2),
      edit(0, 1),
      changeKeys(0),
      edit(1, 2),
      step("rest", { ms: 31 * DAY }),
      step("goBack", { relay: 0, writes: 0, wiped: 0, asNew: 1 }),
      back(2),
    ],
    ends: allIn(2),
  },
  "a relay wiped after the content of a log was let go with one member away": {
    devices: 3,
    steps: [
      away(2),
      edit(0, 1),
      changeKeys(0),
      edit(1, 2),
      step("rest", { ms: 31 * DAY }),
      step("lookAfter", { device: 0 }),
      step("lookAfter", { device: 1 }),
      step("rest", { ms: DAY }),
      step("goBack", { relay: 0, writes: 0, wiped: 0, asNew: 1 }),
      back(2),
    ],
    ends: allIn(2),
  },
  "a relay wiped twice a month after the keys were changed, with one member away": {
    devices: 3,
    steps: [
      away(2),
      edit(0, 1),
      ...[0, 1].flatMap((maker) => [
        changeKeys(maker),
        step("rest", { ms: 31 * DAY }),
        step("lookAfter", { device: 0 }),
        step("lookAfter", { device: 1 }),
        step("lookAfter", { device: 0 }),
      ]),
      step("goBack", { relay: 0, writes: 0, wiped: 0, asNew: 1 }),
      back(2),
    ],
    ends: allIn(3),
  },
  "a locked device across five epochs": {
    devices: 3,
    steps: [
      edit(2, 1, 20),
      away(2),
      ...[0, 1, 0, 1, 0].flatMap((maker, i) => [changeKeys(maker), edit(1 - maker, 10 + i)]),
      back(2),
    ],
    ends: allIn(6),
  },
  "the same tag made on two devices apart": {
    devices: 2,
    relays: 2,
    steps: [
      ...apart(2),
      step("edit", { on: 0, passkey: 0, register: 6, value: 1 }),
      step("edit", { on: 1, passkey: 0, register: 6, value: 2 }),
      together,
      changeKeys(0),
    ],
    ends: allIn(2),
  },
  "an edit and the edit it rests on, both uncovered, issued again in the wrong order": {
    devices: 3,
    relays: 2,
    steps: [
      step("partition", { device: 0, relay: 1 }, 0),
      step("partition", { device: 1, relay: 0 }, 0),
      step("partition", { device: 2, relay: 0 }),
      edit(1, 1),
      edit(2, 2),
      changeKeys(0),
      away(1),
      together,
      back(1),
    ],
    ends: allIn(2),
  },
  "an author who dies uncovered": {
    devices: 3,
    relays: 2,
    steps: [
      // D1 has heard of the edit, and D0, which makes the epoch, has not.
      step("partition", { device: 0, relay: 1 }, 0),
      step("partition", { device: 1, relay: 0 }, 0),
      step("partition", { device: 2, relay: 0 }),
      edit(2, 4711),
      changeKeys(0),
      step("die", { device: 2 }),
      together,
      step("rest", { ms: 31 * DAY }),
      step("lookAfter", { device: 1 }),
    ],
    ends: ({ view, ...outcome }) => {
      expect(view).toContain("in clear 4711");
      allIn(2)({ view, ...outcome });
    },
  },
  "a device that was away while another one was put out": {
    devices: 3,
    steps: [edit(2, 1, 20), away(2), remove(0, 1), changeKeys(0), back(2)],
    ends: allIn(3, "D1"),
  },
  "a device that was put out and goes on writing": {
    devices: 3,
    steps: [...cutOff(1, 1), edit(1, 1), remove(0, 1), edit(1, 2), together, edit(0, 3)],
    ends: allIn(2, "D1"),
  },
  "a device restored from the page, and the lost one put out": {
    devices: 2,
    steps: [
      step("makePage", { on: 0 }),
      edit(1, 1),
      changeKeys(1),
      away(0),
      away(1),
      step("usePage", { page: 0, lost: 0 }, 10 * A_WHILE),
    ],
    ends: ({ ends }) =>
      expect(ends.map(({ name, standing, epoch }) => [name, standing, epoch])).toEqual([
        ["D0", "removed", 2],
        ["D1", "member", 3],
        ["D2", "member", 3],
      ]),
  },
  "a device restored from the page whose record loses": {
    devices: 3,
    relays: 2,
    steps: [
      step("makePage", { on: 0 }),
      // D0 has the relay 0 and everybody else, the page too, the other.
      step("partition", { device: 0, relay: 1 }, 0),
      step("partition", { device: 1, relay: 0 }, 0),
      step("partition", { device: 2, relay: 0 }),
      step("usePage", { page: 0, relay: 1 }, 10 * A_WHILE),
      edit(3, 5),
      changeKeys(0),
      edit(0, 6),
      together,
    ],
    ends: (outcome) => {
      expect(outcome.records).toBeGreaterThanOrEqual(2);
      expect(outcome.ends).toHaveLength(4);
      allIn(2)(outcome);
    },
  },
  "a page that loses, and what it put out": {
    devices: 3,
    relays: 2,
    steps: [
      step("makePage", { on: 0 }),
      step("partition", { device: 0, relay: 1 }, 0),
      step("partition", { device: 1, relay: 0 }, 0),
      step("partition", { device: 2, relay: 0 }),
      step("usePage", { page: 0, relay: 1, lost: 2 }, 10 * A_WHILE),
      changeKeys(0),
      together,
      ...[0, 1].map((device) => step("lookAfter", { device })),
      changeKeys(1),
    ],
    ends: ({ ends }) => {
      const standingOf = (device: string) => ends.find(({ name }) => name === device)?.standing;
      expect(["D0", "D1", "D2", "D3"].map(standingOf)).toEqual(["member", "member", "removed", "member"]);
    },
  },
  "a dead page against epoch +15": {
    devices: 2,
    steps: [
      step("makePage", { on: 0 }),
      step("replacePage", { on: 1 }),
      ...Array.from({ length: 15 }, (_, i) => changeKeys(i % 2, 30 * SECOND)),
      step("usePage", { page: 0, lost: 0 }, 10 * A_WHILE),
    ],
    ends: (outcome) => {
      expect(outcome.ends).toHaveLength(2);
      allIn(17)(outcome);
    },
  },
  "a probation that ends by itself": {
    devices: 2,
    steps: [
      step("pairOnProbation", { on: 0, joins: 1 }),
      edit(2, 1),
      step("rest", { ms: 11 * 60 * SECOND }),
      step("lookAfter", { device: 0 }),
    ],
    ends: allInWith(1),
  },
  "keys that change during a probation, whose promise is kept in the epoch after it": {
    devices: 2,
    steps: [step("pairOnProbation", { on: 0, joins: 1 }), changeKeys(1), edit(2, 1), changeKeys(0)],
    ends: allInWith(3),
  },
  "a probation whose sponsor dies, and another device says yes while the keys change": {
    devices: 3,
    steps: [
      step("pairOnProbation", { on: 0, joins: 1 }),
      step("die", { device: 0 }),
      ...cutOff(1, 1),
      step("approve", { on: 1 }),
      edit(3, 1),
      changeKeys(2),
      together,
    ],
    ends: allInWith(2),
  },
  "a probation whose sponsor dies lasts until somebody says yes": {
    devices: 3,
    steps: [
      step("pairOnProbation", { on: 0, joins: 1 }),
      step("die", { device: 0 }),
      edit(3, 1),
      changeKeys(3),
      changeKeys(1),
    ],
    ends: allInWith(2, "D3"),
  },
  "a relay wiped in silence": {
    devices: 2,
    steps: [edit(0, 1), step("goBack", { relay: 0, writes: 0, wiped: 0, asNew: 0 }), edit(1, 2)],
    ends: allIn(1),
  },
};

describe("every promise is kept by", () => {
  test.each(Object.keys(named))("%s", async (name) => {
    const { devices, relays = 1, steps, ends } = named[name]!;
    const outcome = await runSchedule({ seed: 1, devices, relays, steps }, { traced: true });
    expect(outcome.violation, outcome.lines.join("\n")).toBeNull();
    ends(outcome);
  });
});
