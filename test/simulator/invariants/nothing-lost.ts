/**
 * Promises 1 and 3: every act that was saved is there exactly once on every device, and what stands is what people may expect: a value that is not
 * shown or offered was overwritten by somebody who had seen it. Through epochs: an operation issued again may leave a value on offer that was
 * overwritten, and never loses one. Promise 7: what was erased for good is gone.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { Device } from "@latchkey/core/device/device";
import { REGISTERS } from "../actions/items.ts";
import { type Act, textOf, valueOf } from "../people.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

/** For devices that have heard everything: nothing is missing, and all of it is shown as it must be. */
export function judgeNothingLost(world: World, replicas: readonly Replica[]): void {
  const { ledger, people } = world;
  for (const { name, device } of replicas) {
    if (device === null) continue;
    const isExcused = excuse(world, device, replicas);
    const missing = people.acts.find((act) => !isExcused(act) && !ledger.hasOperation(device, act));
    if (missing !== undefined)
      return world.violate(
        "nothing lost",
        `${name} lacks ${missing.deed?.act} of D${missing.author} in entry ${ledger.nameOf(missing.entry!)}`,
      );
    judgeShown(world, name, device);
  }
}

/** Which acts a device need not have. */
function excuse(world: World, device: Device, replicas: readonly Replica[]): (act: Act) => boolean {
  const { ledger, people } = world;
  const present = encodeHex(device.context.epoch.logId);
  const authors = new Set(replicas.map(({ number }) => number));
  // Also by a record that lost: whoever had moved there has erased it.
  const purged = new Set([...ledger.epochs.values()].flatMap((epoch) => epoch.purged));
  // What a device made after what the record covers that puts it out is refused by everyone; then so is, on what it made, whatever others did.
  const unmade = people.acts.filter(
    (act) => act.deed?.act === "create" && !authors.has(act.author) && !ledger.hasOperation(device, act),
  );
  const gone = new Set(unmade.map(({ id }) => id));
  return (act) =>
    act.mayBeLost ||
    // Nobody is left who could issue it again.
    (ledger.epochs.size > 0 && (act.isForgotten || !authors.has(act.author) || gone.has(act.id))) ||
    (act.id !== null && purged.has(act.id)) ||
    // What is no operation on the document stays in the log that it was written to.
    (act.operation === null && ledger.written.get(act.entry!)?.logId !== present);
}

/** For any device at any time: it shows what the operations that it has amount to. */
export function judgeShown(world: World, name: string, device: Device): void {
  const { ledger, people } = world;
  const has = new Set(people.acts.filter((act) => ledger.hasOperation(device, act)));
  const expected = people.expected(REGISTERS, (act) => has.has(act));
  const purged = new Set(ledger.chainOf(device.epoch.hash).flatMap((epoch) => epoch.purged));
  const { document } = device.state;
  for (const [id, { state, values }] of expected) {
    const shown = document.get(id);
    if (purged.has(id)) {
      if (shown !== null) world.violate("purged is gone", `${name} still has ${id.slice(0, 6)}`);
      continue;
    }
    if (shown?.state !== state)
      return world.violate(
        "nothing lost",
        `${name} shows ${id.slice(0, 6)} as ${shown?.state}, not ${state}`,
      );
    for (const register of REGISTERS) {
      const present = [...new Set(document.valuesOf(id, register).map(textOf))].sort();
      const standing = values[register] ?? [];
      const acts = [...has].filter((act) => act.id === id && valueOf(act, register) !== undefined);
      const isLoose = acts.some(({ operation }) => operation !== null && ledger.reissued.has(operation.name));
      const ever = new Set(acts.map((act) => textOf(valueOf(act, register) ?? "")));
      const isKept = isLoose
        ? standing.every((value) => present.includes(value)) && present.every((value) => ever.has(value))
        : present.join() === standing.join();
      if (!isKept)
        return world.violate(
          "nothing lost",
          `${name} has ${register} of ${id.slice(0, 6)} as ${present.join(" | ")}, not ${standing.join(" | ")}`,
        );
    }
  }
  const surplus = document.list().find(({ id }) => !expected.has(id));
  if (surplus !== undefined)
    world.violate("nothing lost", `${name} shows ${surplus.id.slice(0, 6)}, which nobody made`);
}
