/** A device admits another: the acts of core after the code was right, with the snapshot handed over. Either of them may die at any write of it. */
import { encodeHex } from "@latchkey/core/bytes/text";
import { admitDevice } from "@latchkey/core/device/admit-device";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { wipeTier } from "@latchkey/core/device/tiers";
import { deriveDeviceTag } from "@latchkey/core/membership/device";
import { approveDevice } from "@latchkey/core/device/probation";
import type { Action, Numbers } from "../action.ts";
import { makeDeps } from "../base.ts";
import { keyOf } from "../device-key.ts";
import { Disk } from "../disk.ts";
import { openSigning } from "../new-passkey.ts";
import { findIdle, perform } from "../perform.ts";
import { openProtector } from "../open-protector.ts";
import type { World } from "../world.ts";

const MANY = 1 << 20;

const takes = { device: MANY, joins: 8 };

export const pair: Action = { weight: 1, takes, run: (world, numbers) => admit(world, numbers, false) };

/** In named schedules alone: it is not drawn, so that a seed means what it meant. */
export const pairOnProbation: Action = {
  weight: 0,
  takes,
  run: (world, numbers) => admit(world, numbers, true),
};

/** A person says yes to a device on probation, on one that is not. In named schedules alone. */
export const approve: Action = {
  weight: 0,
  takes: { device: MANY },
  run(world, numbers) {
    const approver = findIdle(world, numbers);
    const member = [...(approver?.device?.state.members.values() ?? [])].find(
      ({ onProbation }) => onProbation,
    );
    if (approver === null || member === undefined) return;
    perform(world, approver, {
      what: "approves a device",
      id: null,
      deed: { act: "sign" },
      kind: "approval",
      mayRefuse: ["LK-EPOCH-PROBATION", "LK-KEY-DAMAGED"],
      run: async (open, process) => approveDevice(open, await openSigning(process.deps, open), member),
    });
  },
};

function admit(world: World, numbers: Numbers, isReverse: boolean): void {
  const sponsor = findIdle(world, numbers);
  if (sponsor === null || world.isFull) return;
  perform(world, sponsor, {
    what: isReverse ? "admits a device on probation" : "admits a device",
    id: null,
    deed: { act: "sign" },
    kind: "member",
    // A device that is new is no member, and cannot sign, before its own record has come.
    mayRefuse: ["LK-EPOCH-SIGNATURE", "LK-KEY-DAMAGED", "LK-EPOCH-PROBATION", "LK-EPOCH-REMOVED"],
    async run(open, process) {
      const newcomer = makeNewcomer(process.deps.random);
      const signing = await openSigning(process.deps, open);
      const candidate = { identity: newcomer.identity, name: "new", platform: "simulator" };
      const welcome = await admitDevice(open, signing, candidate, { isReverse });
      wipeTier(signing);
      const admission = process.act?.entry ?? null;
      const tag = deriveDeviceTag(newcomer.identity.entryPublicKey, open.context.epoch.logId, 0);
      if (admission !== null) world.ledger.admitted.set(encodeHex(tag), admission);
      const snapshot = await open.readSnapshot();
      // One in eight never comes: its record stands, and nobody is behind it.
      if (snapshot === null || numbers["joins"] === 0) return;
      const disk = new Disk();
      const deps = makeDeps(disk, world.chance.split(), world.crypto);
      await openWelcome(newcomer, welcome, deps).finish(deps, openProtector, snapshot, open.relays());
      if (world.isFull) return;
      const joined = world.addReplica(disk, { admission, sponsor: keyOf(open) });
      world.trace(`${joined.name} was admitted by ${sponsor.name}`);
      joined.start();
    },
  });
}
