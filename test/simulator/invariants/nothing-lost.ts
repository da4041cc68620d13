/**
 * Promises 1 and 3: every act that was saved is there exactly once on every device, and what stands is what people may expect: a value that is not
 * shown or offered was overwritten by somebody who had seen it.
 */
import type { Device } from "@latchkey/core/device/device";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { REGISTERS } from "../actions/items.ts";
import { type Act, textOf } from "../people.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

/** For devices that have heard everything: nothing is missing, and all of it is shown as it must be. */
export function judgeNothingLost(world: World, replicas: readonly Replica[]): void {
  for (const { name, device } of replicas) {
    if (device === null) continue;
    const missing = world.people.acts.find((act) => !act.mayBeLost && !isHere(device, act));
    if (missing !== undefined)
      return world.violate(
        "nothing lost",
        `${name} lacks ${missing.deed?.act} in entry ${missing.entry?.slice(0, 8)}`,
      );
    judgeShown(world, name, device);
  }
}

/** For any device at any time: it shows what the entries that it has amount to. */
export function judgeShown(world: World, name: string, device: Device): void {
  const expected = world.people.expected(REGISTERS, (act) => isHere(device, act));
  const { document } = device.state;
  for (const [id, { state, values }] of expected) {
    const shown = document.get(id);
    if (shown?.state !== state)
      return world.violate(
        "nothing lost",
        `${name} shows ${id.slice(0, 6)} as ${shown?.state}, not ${state}`,
      );
    for (const register of REGISTERS) {
      const present = [...new Set(document.valuesOf(id, register).map(textOf))].sort();
      if (present.join() !== values[register]?.join())
        return world.violate(
          "nothing lost",
          `${name} has ${register} of ${id.slice(0, 6)} as ${present.join(" | ")}, not ${values[register]?.join(" | ")}`,
        );
    }
  }
  const surplus = document.list().find(({ id }: { readonly id: PasskeyId }) => !expected.has(id));
  if (surplus !== undefined)
    world.violate("nothing lost", `${name} shows ${surplus.id.slice(0, 6)}, which nobody made`);
}

const isHere = ({ state }: Device, act: Act): boolean => act.entry !== null && state.accepted.has(act.entry);
