/**
 * The recovery page: a device makes one; somebody uses it at a machine that is no device of the vault, where it admits a new device and makes the
 * record that puts another one out; a device replaces it. Used, the page is a process like any other, which ends when all is told.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { admitDevice } from "@latchkey/core/device/admit-device";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { makePage as makePageOf, openPage } from "@latchkey/core/device/recovery-page";
import { judgeStanding } from "@latchkey/core/device/standing";
import { wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError } from "@latchkey/core/errors";
import { decodeHex } from "@latchkey/core/bytes/text";
import { deriveDeviceTag } from "@latchkey/core/membership/device";
import { type Action, choose, type Numbers } from "../action.ts";
import { makeDeps } from "../base.ts";
import { keyOf } from "../device-key.ts";
import { Disk } from "../disk.ts";
import { openSigning } from "../new-passkey.ts";
import { openProtector } from "../open-protector.ts";
import { findIdle, perform } from "../perform.ts";
import type { Process } from "../process.ts";
import { Replica } from "../replica.ts";
import type { SimPage, World } from "../world.ts";
import { change } from "./epochs.ts";

const MANY = 1 << 20;
/** Addresses of machines at which a page is used: those of devices are lower. */
const FIRST_ADDRESS = 100;
const SECOND_MS = 1_000;
/** How long somebody sits there until the page has heard everything, and until all have heard of it. */
const PATIENCE_S = 120;
const TELLING_S = 60;

export const makePage: Action = {
  weight: 1,
  takes: { device: MANY },
  run(world, numbers) {
    const maker = findIdle(world, numbers);
    if (maker === null) return;
    perform(world, maker, {
      what: "makes a page",
      id: null,
      deed: { act: "sign" },
      kind: "member",
      mayRefuse: ["LK-EPOCH-SIGNATURE", "LK-KEY-DAMAGED", "LK-EPOCH-REMOVED"],
      async run(device, process) {
        const signing = await openSigning(process.deps, device);
        const { logId } = device.context.epoch;
        const before = new Set(device.state.members.keys());
        const page = await makePageOf(device, signing);
        wipeTier(signing);
        const member = [...device.state.members.values()].find(
          ({ deviceTag }) => !before.has(encodeHex(deviceTag)),
        );
        const key = member?.member.identity.entryPublicKey ?? new Uint8Array();
        const admission = process.act?.entry ?? null;
        if (admission !== null)
          world.ledger.admitted.set(encodeHex(deriveDeviceTag(key, logId, 0)), admission);
        const snapshot = await device.readSnapshot();
        if (snapshot !== null) world.pages.push({ ...page, snapshot, key: encodeHex(key), admission });
      },
    });
  },
};

/** With `relay` it and the new device have contact with that one alone; `lost`: the device that it puts out, by its number, where it is a member. */
export const usePage: Action = {
  weight: 1,
  takes: { page: MANY, lost: MANY },
  run(world, numbers) {
    const page = choose(world.pages, numbers["page"]);
    if (page === null || world.isFull) return;
    const told = use(world, page, numbers).catch((error: unknown) => {
      if (!isVaultError(error)) throw error;
      world.trace(`a page: ${error.code} ${error.message}`);
    });
    world.watch("somebody uses a page", told);
  },
};

/** The next record puts every page out. */
export const replacePage: Action = {
  weight: 1,
  takes: { device: MANY },
  run: (world, numbers) =>
    change(world, findIdle(world, numbers), "replaces the page", ({ device }) => {
      const pages = [...device!.state.members.values()].filter(({ member }) => member.page);
      const removed = pages.map(({ member }) => member.identity.entryPublicKey);
      return removed.length === 0 ? null : { reason: "removal", removed, purged: [] };
    }),
};

async function use(world: World, page: SimPage, numbers: Numbers): Promise<void> {
  const disk = new Disk();
  const deps = makeDeps(disk, world.chance.split(), world.crypto);
  const origins = world.relays.map(({ origin }) => ({ origin, token: null }));
  await openPage(page.secret, page.welcome, deps).finish(deps, openProtector, page.snapshot, origins);
  const number = FIRST_ADDRESS + world.usedPages++;
  const paper = new Replica(world, number, {
    disk,
    admission: page.admission,
    sponsor: null,
    clockSkewMs: 0,
  });
  leaveOne(world, paper, numbers);
  paper.start();
  const process = paper.process!;
  try {
    for (let waited = 0; waited < PATIENCE_S && !isReady(process); waited++) await pause(world, 1);
    await pause(world, TELLING_S);
    if (isReady(process)) await recover(world, paper, numbers);
    await pause(world, TELLING_S);
  } finally {
    paper.kill();
  }
}

const isReady = ({ device, dialers }: Process): boolean =>
  device?.self != null && dialers.some(({ settled }) => settled);

const pause = (world: World, seconds: number): Promise<void> =>
  new Promise((resolve) => world.timeline.after(seconds * SECOND_MS, resolve));

/** With `relay` only that one can be reached. */
function leaveOne({ relays, network }: World, replica: Replica, { relay: only }: Numbers): void {
  for (const [i, relay] of relays.entries())
    if (only !== undefined && only !== i) network.partition(replica, relay);
}

async function recover(world: World, { name, process }: Replica, numbers: Numbers): Promise<void> {
  const { device, deps, epochs } = process!;
  if (device === null || epochs === null) return;
  const standing = judgeStanding(device).is;
  if (standing !== "member") return world.trace(`${name} is ${standing}: the page is dead`);
  const newcomer = makeNewcomer(deps.random);
  const signing = await openSigning(deps, device);
  const { logId } = device.context.epoch;
  const candidate = { identity: newcomer.identity, name: "new", platform: "simulator" };
  const welcome = await admitDevice(device, signing, candidate);
  wipeTier(signing);
  const tag = encodeHex(deriveDeviceTag(newcomer.identity.entryPublicKey, logId, 0));
  const admission = [...world.ledger.written.values()].findLast(({ kind, tag: author }) => {
    const own = device.self === null ? "" : encodeHex(device.self.deviceTag);
    return kind === "member" && author === own;
  })?.hash;
  if (admission !== undefined) world.ledger.admitted.set(tag, admission);
  const snapshot = await device.readSnapshot();
  if (snapshot === null || world.isFull) return;
  const disk = new Disk();
  const own = makeDeps(disk, world.chance.split(), world.crypto);
  await openWelcome(newcomer, welcome, own).finish(own, openProtector, snapshot, device.relays());
  const joined = world.addReplica(disk, { admission: admission ?? null, sponsor: keyOf(device) });
  world.trace(`${joined.name} was admitted by a page`);
  leaveOne(world, joined, numbers);
  joined.start();
  await epochs.change(
    ({ state }) => {
      const members = new Set(
        [...state.members.values()].map(({ member }) => encodeHex(member.identity.entryPublicKey)),
      );
      const gone = world.replicas.find(({ number }) => number === numbers["lost"])?.key ?? null;
      const removed = gone !== null && members.has(gone) ? [decodeHex(gone)!] : [];
      return { reason: "recovery", removed, purged: [] };
    },
    (staged) => world.ledger.noteEpoch(device, staged),
  );
}
