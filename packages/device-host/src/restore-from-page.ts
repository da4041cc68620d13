/**
 * Using a recovery page (sync-protocol.md § 9): the page is opened like a device that joins, into a store that nobody keeps; goes on to the newest epoch that
 * it can find; admits the new device; and makes one record, without the devices that are lost. All of it is handed over to the new device's store, which
 * is there whole or not at all. The next record, which puts the used page out, is the new device's (`recovery.create`).
 */
import { equalBytes } from "@latchkey/core/bytes/equal";
import { wipe } from "@latchkey/core/crypto/wipe";
import { admitDevice } from "@latchkey/core/device/admit-device";
import type { Device, DeviceDeps } from "@latchkey/core/device/device";
import { followEpochs, settleIn } from "@latchkey/core/device/follow-epochs";
import { makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import { publishEpoch } from "@latchkey/core/device/move-epoch";
import { openDevice } from "@latchkey/core/device/open-device";
import { openPage } from "@latchkey/core/device/recovery-page";
import { stageEpoch } from "@latchkey/core/device/stage-epoch";
import { judgeStanding } from "@latchkey/core/device/standing";
import { openMetadataTier, type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { KeyProtector } from "@latchkey/core/ports";
import type { RelayAddress } from "@latchkey/core/relay-protocol";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { carryOut } from "./change-keys.ts";
import { describeDevices } from "./describe-vault.ts";
import { DeviceHost } from "./device-host.ts";
import { findByPage } from "./find-by-page.ts";
import type { JsonObject } from "./json.ts";
import { type RelayService, startRelayService } from "./relay-service.ts";
import { pause } from "./timers.ts";
import { createScratchStore, scratchProtector } from "./scratch-store.ts";

/** How long the mailboxes may take to give what came after the record that the page found. */
const CONTACT_MS = 30_000;
const POLL_MS = 100;

export interface RestorePlan {
  readonly deps: Omit<DeviceDeps, "store">;
  readonly hasVault: boolean;
  /** Lets `fill` write the new vault into an empty store, which stays if it succeeds and is gone if not. */
  readonly makeStore: (fill: (store: DeviceStore) => Promise<void>) => Promise<void>;
  readonly secret: Uint8Array;
  readonly relays: readonly RelayAddress[];
  /** The only relay that an organization lets this device use. */
  readonly forcedRelay: RelayAddress | null;
  readonly backup: AsyncIterable<Uint8Array> | null;
  readonly name: string;
  readonly platform: string;
  readonly protector: KeyProtector;
  /** Which of the old devices to put out, by their ids, once it is known which there are. */
  readonly choose: (found: RestoreFound) => Promise<readonly string[]>;
  readonly reportFault: (fault: unknown) => void;
  readonly signal: AbortSignal;
}

export interface RestoreFound {
  readonly from: "mailbox" | "backup";
  /** Whether a mailbox of the vault was reached: what it has is in. */
  readonly isCurrent: boolean;
  readonly passkeys: number;
  readonly devices: readonly JsonObject[];
}

export interface Restored {
  readonly found: RestoreFound;
  readonly removed: readonly string[];
  readonly epoch: number;
}

/** Throws `LK-VAULT-EXISTS`, `LK-RECOVERY-…`, `LK-RELAY-…` and `LK-EPOCH-…`; then there is no new device, and nothing was changed or a record was made that names it. */
export async function restoreFromPage(plan: RestorePlan): Promise<Restored> {
  const { deps, secret, relays, signal } = plan;
  if (plan.hasVault) throw new VaultError("LK-VAULT-EXISTS", "there is a vault where the new one would be");
  const start = await findByPage(plan);
  const store = createScratchStore();
  const host = new DeviceHost("a recovery page", { ...deps, store });
  let service: RelayService | null = null;
  try {
    const scratch = { ...deps, store };
    await openPage(secret, start.welcome, deps).finish(scratch, scratchProtector, start.snapshot, relays);
    await host.unlock(() => Promise.resolve(scratchProtector));
    const paper = await host.device();
    if (start.entries.length > 0) await paper.receive(start.entries);
    service = startRelayService(host, plan.reportFault, plan.forcedRelay);
    const isCurrent = await catchUp(paper, service, signal);
    checkAlive(paper);
    const found = describeFound(paper, start.from, isCurrent);
    const chosen = await plan.choose(found);
    const signing = await host.openSigning(() => Promise.resolve(scratchProtector), "restore the vault");
    try {
      return await handOver(plan, { paper, service, signing, isCurrent }, found, chosen);
    } finally {
      wipeTier(signing);
    }
  } finally {
    service?.stop();
    await host.close();
  }
}

/** Whether some relay has shown all that it has, and the page went where the records lead. A relay of the room before says nothing of the next. */
async function catchUp(paper: Device, service: RelayService, signal: AbortSignal): Promise<boolean> {
  if (paper.relays().length === 0) return false;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONTACT_MS)]);
  const { clock } = paper.deps;
  let movedAt = 0;
  const unsubscribe = paper.subscribe((notices) => {
    if (notices.some(({ is }) => is === "moved")) movedAt = clock.now();
  });
  try {
    while (!limit.aborted) {
      const statuses = service.statuses();
      // Nobody waits for a relay that is gone.
      if (statuses.length > 0 && statuses.every(({ state }) => state === "offline")) return false;
      const hasShown = statuses.some(
        ({ state, settledAt }) => state === "settled" && settledAt !== null && settledAt >= movedAt,
      );
      const before = paper.epoch.hash;
      if (hasShown) await service.epochs()?.idle();
      const isStill = equalBytes(before, paper.epoch.hash) && judgeStanding(paper).is !== "behind";
      if (hasShown && isStill) return true;
      await pause(POLL_MS, limit);
    }
    return false;
  } finally {
    unsubscribe();
  }
}

function checkAlive(paper: Device): void {
  const { is } = judgeStanding(paper);
  if (is === "removed") throw new VaultError("LK-RECOVERY-DEAD", "a later record put the page out");
  if (is !== "member") throw new VaultError("LK-EPOCH-CONTACT", `page is ${is}: another epoch counts`);
  if (paper.self === null)
    throw new VaultError("LK-RECOVERY-BACKUP", "the record that made the page a member is not here");
}

function describeFound(paper: Device, from: RestoreFound["from"], isCurrent: boolean): RestoreFound {
  const passkeys = paper.state.document.list().filter(({ state }) => state === "live").length;
  return { from, isCurrent, passkeys, devices: describeDevices(paper) };
}

async function handOver(
  plan: RestorePlan,
  parts: {
    readonly paper: Device;
    readonly service: RelayService;
    readonly signing: SigningTier;
    readonly isCurrent: boolean;
  },
  found: RestoreFound,
  chosen: readonly string[],
): Promise<Restored> {
  const { paper, service, signing } = parts;
  const newcomer = makeNewcomer(plan.deps.random);
  const { findDevice } = await import("@latchkey/core/device/device-names");
  const removed = chosen.map((id) => findDevice(paper, id).member.identity.entryPublicKey);
  const candidate = { identity: newcomer.identity, name: plan.name, platform: plan.platform };
  const oldLog = paper.context.epoch.logId;
  const oldSnapshot = await paper.readSnapshot();
  const welcome = await admitDevice(paper, signing, candidate);
  const wanted = { reason: "recovery", removed, purged: [] } as const;
  try {
    await carryOut({ device: paper, relays: service, signing, signal: plan.signal }, () =>
      Promise.resolve(wanted),
    );
  } catch (error) {
    // Without contact the record is made here, and goes out with the new device.
    if (!isVaultError(error, "LK-EPOCH-CONTACT") || parts.isCurrent) throw error;
    await publishEpoch(paper, await stageEpoch(paper, signing, wanted), signing);
    await settleIn(paper);
  }
  const newSnapshot = await paper.readSnapshot();
  if (oldSnapshot === null || newSnapshot === null)
    throw new VaultError("LK-EPOCH-SNAPSHOT", "page lacks the snapshot of its epoch");
  const entries = await listEntries(paper, oldLog);
  await plan.makeStore(async (store) => {
    const deps = { ...plan.deps, store };
    const protector = rememberKeys(plan.protector);
    await openWelcome(newcomer, welcome, deps).finish(deps, protector, oldSnapshot, plan.relays);
    const device = await openDevice(deps, await openMetadataTier(store, protector));
    try {
      await device.receive(entries);
      const { is } = await followEpochs(device, ({ epoch }) =>
        Promise.resolve(equalBytes(epoch.hash, paper.epoch.hash) ? newSnapshot : null),
      );
      if (is !== "member" || !equalBytes(device.epoch.hash, paper.epoch.hash))
        throw new VaultError("LK-EPOCH-STATE", `new device is ${is} after the page's record`);
    } finally {
      await device.lock();
    }
  });
  wipe(...Object.values(newcomer.metadata), ...Object.values(newcomer.signing));
  return { found, removed: chosen, epoch: paper.epoch.record.number };
}

/** What it has protected just now it gives back without stretching the passphrase again. */
function rememberKeys(protector: KeyProtector): KeyProtector {
  const kept = new Map<string, Uint8Array>();
  return {
    protect(tier, key) {
      kept.set(tier, key.slice());
      return protector.protect(tier, key);
    },
    release(tier, protectedKey) {
      const key = kept.get(tier);
      return key === undefined ? protector.release(tier, protectedKey) : Promise.resolve(key);
    },
  };
}

/** The log that the page has left, as it has it. */
async function listEntries({ deps }: Device, logId: Uint8Array): Promise<Uint8Array[]> {
  const rows = await deps.store.scan("entry", logId);
  return rows.flatMap(({ value }) => (value === null ? [] : [value]));
}
