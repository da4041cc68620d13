/** A device admits another: the acts of core after the code was right, with the snapshot handed over. Either of them may die at any write of it. */
import { encodeHex } from "@latchkey/core/bytes/text";
import { admitDevice } from "@latchkey/core/device/admit-device";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { wipeTier } from "@latchkey/core/device/tiers";
import { deriveDeviceTag } from "@latchkey/core/membership/device";
import type { Action } from "../action.ts";
import { makeDeps } from "../base.ts";
import { keyOf } from "../device-key.ts";
import { Disk } from "../disk.ts";
import { openSigning } from "../new-passkey.ts";
import { findIdle, perform } from "../perform.ts";
import { openProtector } from "../open-protector.ts";

const MANY = 1 << 20;

export const pair: Action = {
  weight: 1,
  takes: { device: MANY, joins: 8 },
  run(world, numbers) {
    const sponsor = findIdle(world, numbers);
    if (sponsor === null || world.isFull) return;
    perform(world, sponsor, {
      what: "admits a device",
      id: null,
      deed: { act: "sign" },
      kind: "member",
      // A device that is new is no member, and cannot sign, before its own record has come.
      mayRefuse: ["LK-EPOCH-SIGNATURE", "LK-KEY-DAMAGED"],
      async run(open, process) {
        const newcomer = makeNewcomer(process.deps.random);
        const signing = await openSigning(process.deps, open);
        const candidate = { identity: newcomer.identity, name: "new", platform: "simulator" };
        const welcome = await admitDevice(open, signing, candidate);
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
  },
};
