/** A person changes the keys of the vault: because it is time, to put a device out, to erase a passkey for good. */
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import type { NextEpochPlan } from "@latchkey/core/device/stage-epoch";
import { VaultError } from "@latchkey/core/errors";
import { credentialIdOf } from "@latchkey/core/vault/schema";
import { type Action, choose, type Numbers } from "../action.ts";
import { keyOf } from "../device-key.ts";
import { findIdle, perform } from "../perform.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

const MANY = 1 << 20;

/** `plan` is made when the device is up to date; `null` when there is nothing to do. */
export function change(
  world: World,
  replica: Replica | null,
  what: string,
  plan: (replica: Replica) => Pick<NextEpochPlan, "reason" | "removed" | "purged"> | null,
): void {
  const epochs = replica?.process?.epochs;
  if (replica === null || epochs == null) return;
  // Without contact it is an intent for later (§ 6): here nothing.
  if (!replica.process?.dialers.some(({ settled }) => settled)) return;
  perform(world, replica, {
    what,
    id: null,
    deed: { act: "sign" },
    kind: "epoch-record",
    mayRefuse: [
      "LK-EPOCH-CONTACT",
      "LK-EPOCH-REMOVED",
      "LK-EPOCH-PROBATION",
      "LK-EPOCH-STATE",
      "LK-VAULT-NOT-FOUND",
      "LK-VAULT-DAMAGED",
      "LK-KEY-DAMAGED",
    ],
    run: (device) =>
      epochs.change(
        () => {
          const planned = plan(replica);
          if (planned === null) throw new VaultError("LK-VAULT-NOT-FOUND", "nobody and nothing to choose");
          return planned;
        },
        (staged) => world.ledger.noteEpoch(device, staged),
      ),
  });
}

const idle = (world: World, numbers: Numbers): Replica | null => findIdle(world, numbers);

export const changeKeys: Action = {
  weight: 2,
  takes: { device: MANY },
  run: (world, numbers) =>
    change(world, idle(world, numbers), "changes the keys", () => ({
      reason: "yearly",
      removed: [],
      purged: [],
    })),
};

export const removeDevice: Action = {
  weight: 2,
  takes: { device: MANY, victim: MANY },
  run: (world, numbers) =>
    change(world, idle(world, numbers), "puts a device out", ({ device }) => {
      const own = keyOf(device!);
      const members = new Set(
        [...device!.state.members.values()].map(({ member }) => encodeHex(member.identity.entryPublicKey)),
      );
      const others = world.replicas.filter(({ key }) => key !== null && key !== own && members.has(key));
      // Two stay, so that there is somebody to agree with.
      const victim = members.size < 3 ? undefined : chooseVictim(others, numbers)?.key;
      return victim == null ? null : { reason: "removal", removed: [decodeHex(victim)!], purged: [] };
    }),
};

/** With `of` that device or none. */
const chooseVictim = (others: readonly Replica[], { victim, of }: Numbers): Replica | null =>
  of === undefined ? choose(others, victim) : (others.find(({ number }) => number === of) ?? null);

export const purge: Action = {
  weight: 1,
  takes: { device: MANY, passkey: MANY },
  run: (world, numbers) =>
    change(world, idle(world, numbers), "erases a passkey", ({ device }) => {
      const id = choose(device!.state.document.list(), numbers["passkey"])?.id;
      const credentialId = id === undefined ? null : credentialIdOf(id);
      return credentialId === null ? null : { reason: "purge", removed: [], purged: [credentialId] };
    }),
};

/** A user verification: what waited for it is done. */
export const verify: Action = {
  weight: 1,
  takes: { device: MANY },
  run: (world, { device }) => choose(world.replicas, device)?.process?.epochs?.verify(),
};

/** As once an hour: the rooms that a device has left are looked after. */
export const lookAfter: Action = {
  weight: 1,
  takes: { device: MANY },
  run: (world, { device }) => choose(world.replicas, device)?.process?.epochs?.visit(),
};
