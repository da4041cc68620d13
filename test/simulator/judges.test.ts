/** The judges can be wrong, too: each fault that is put in on purpose must be caught, by the judge whose promise it breaks. */
import type { Device } from "@latchkey/core/device/device";
import { sodium } from "@latchkey/core/crypto/sodium";
import type { ReplicaState } from "@latchkey/core/sync/replica-state";
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Step } from "./action.ts";
import type { Faults } from "./faults.ts";
import { LIE_NAMES, type LieName } from "./lies.ts";
import { MARK } from "./new-passkey.ts";
import { runSchedule } from "./run.ts";
import { drawSchedule, type Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";

/** A fault need not show in each run, but soon. */
const SEEDS = 40;

const step = (what: string, numbers: Record<string, number> = {}, pause = 5_000): Step => ({
  do: what,
  with: numbers,
  pause,
});

const lie = (name: LieName): Step =>
  step("lie", { relay: 0, lie: LIE_NAMES.indexOf(name), draw: 1, anew: 1 }, 30_000);

/** What others see of a device's state. */
function showing(device: Device, change: (state: ReplicaState) => Partial<ReplicaState>): void {
  Object.defineProperty(device, "state", {
    get() {
      const state = Reflect.get(Object.getPrototypeOf(device) as object, "state", device) as ReplicaState;
      return { ...state, ...change(state) };
    },
  });
}

function countingFaults(): Record<
  string,
  { readonly faults: Faults; readonly breaks: readonly string[]; readonly steps?: readonly Step[] }
> {
  return {
    "a disk that loses what was committed": {
      faults: {
        onCommit: (changes) =>
          changes.filter(({ table, key }) => table !== "entry" || (key.at(-1) as number) % 4 !== 0),
      },
      breaks: ["durable", "nothing lost", "converges"],
    },
    "an act that is called saved and is not": {
      faults: { onOpened: (device) => Object.assign(device, { act: async () => true }) },
      breaks: ["durable"],
    },
    "a device that drops an entry and says that it has it": {
      faults: {
        onOpened: (device) => {
          const receive = device.receive.bind(device);
          let count = 0;
          device.receive = async (entries) =>
            ++count === 3 ? entries.map((entry) => entry.slice(0, 32)) : receive(entries);
        },
      },
      breaks: ["converges", "nothing lost", "only errors of ours"],
    },
    "a device that edits on its own": {
      faults: {
        onOpened: (device) => {
          const act = device.act.bind(device);
          device.act = (make) =>
            act((state, operation) =>
              make(state, operation).map((each) =>
                each.type === "put" ? { ...each, value: "another" } : each,
              ),
            );
        },
      },
      breaks: ["nothing lost", "only errors of ours"],
    },
    "a device that is silent about gaps": {
      faults: { onOpened: (device) => showing(device, () => ({ named: new Map() })) },
      breaks: ["gaps noticed", "converges"],
      steps: [
        lie("withholds an entry in the middle"),
        ...Array.from({ length: 8 }, (_, i) =>
          step("edit", { device: i, passkey: 0, register: i, value: i }),
        ),
      ],
    },
    "a device that is silent about its copy": {
      faults: { onOpened: (device) => showing(device, () => ({ forked: new Set() })) },
      breaks: ["forks alarmed"],
      steps: [
        step("keepImage", { device: 1 }),
        step("beacon", { device: 1 }),
        step("restoreImage", { device: 1, image: 0, apart: 1 }),
        step("beacon", { device: 1 }),
      ],
    },
    "a device that shows less than it has": {
      faults: {
        onOpened: (device) =>
          showing(device, ({ document }) => ({
            document: new Proxy(document, {
              get(target, name) {
                if (name === "valuesOf") return () => [];
                const value: unknown = Reflect.get(target, name, target);
                return typeof value === "function" ? (value as () => void).bind(target) : value;
              },
            }),
          })),
      },
      breaks: ["nothing lost"],
    },
    "a device that sends text in clear": {
      faults: { onOpened: (device) => (device.readSnapshot = async () => encodeUtf8(`${MARK}: a title`)) },
      breaks: ["blind relay"],
    },
    "a fault that is none of ours": {
      faults: {
        onOpened: (device) =>
          (device.writeBeacon = () => Promise.reject(new TypeError("cannot read properties of undefined"))),
      },
      breaks: ["only errors of ours"],
    },
  };
}

const faults = countingFaults();

const scheduleOf = (seed: number, steps: readonly Step[] | undefined): Schedule =>
  steps === undefined ? drawSchedule(seed) : { seed, devices: 3, relays: 1, steps };

async function findViolation(injected: Faults, steps?: readonly Step[]) {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const schedule = scheduleOf(seed, steps);
    const { violation } = await runSchedule(schedule, { faults: injected });
    if (violation !== null) return { schedule, violation };
  }
  return null;
}

describe("the judges catch", () => {
  test.each(Object.keys(faults))("%s", async (name) => {
    const { faults: injected, breaks, steps } = faults[name]!;
    const found = await findViolation(injected, steps);
    expect(breaks).toContain(found?.violation.invariant);
  });

  test("signatures that nobody checks", async () => {
    const verify = sodium.crypto_sign_verify_detached;
    sodium.crypto_sign_verify_detached = () => true;
    onTestFinished(() => void (sodium.crypto_sign_verify_detached = verify));
    const found = await findViolation({}, [
      lie("puts a damaged copy first"),
      step("edit", { device: 0, passkey: 0, register: 0, value: 1 }),
      step("edit", { device: 1, passkey: 0, register: 1, value: 2 }),
    ]);
    expect(found?.violation.invariant).toBe("nothing unverified");
  });
});

test("of a schedule that breaks a promise what matters is left", async () => {
  const injected = faults["a device that is silent about its copy"]!;
  const steps = [
    ...Array.from({ length: 6 }, (_, i) =>
      step("edit", { device: 0, passkey: 0, register: i, value: i }, 100),
    ),
    ...injected.steps!,
    step("rest", { ms: 1_000 }),
  ];
  const schedule = scheduleOf(1, steps);
  const { violation } = await runSchedule(schedule, { faults: injected.faults });
  const shortest = await shrink(schedule, violation!, injected.faults);
  const after = await runSchedule(shortest, { faults: injected.faults });
  expect(after.violation?.invariant).toBe(violation?.invariant);
  expect(shortest.steps.length).toBeLessThanOrEqual(injected.steps!.length);
});
