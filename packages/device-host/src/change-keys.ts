/**
 * Changing the keys of the vault, to remove a device, to erase passkeys or because it is time: after a user verification, with the mailbox
 * in reach, so that the others find the way. First the new room with its snapshot, then the record that tells of it.
 */
import type { Device } from "@latchkey/core/device/device";
import type { RelayRoom } from "@latchkey/core/device/relay-room";
import type { NextEpochPlan, StagedEpoch } from "@latchkey/core/device/stage-epoch";
import { type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { visitRoom } from "./relay-client/visit-room.ts";
import type { Channel } from "./channel.ts";
import type { JsonObject } from "./json.ts";
import { askKey, type HostServices } from "./method.ts";
import type { RelayService } from "./relay-service.ts";
import { pause } from "./timers.ts";

/** How long the relays may take to show all that they have. */
const CONTACT_MS = 30_000;
const POLL_MS = 50;

/** What was done: the number of the epoch, and the relays that tell the others of it already. */
export interface ChangedKeys {
  readonly epoch: number;
  readonly toldAt: readonly string[];
}

/** Without contact nothing was changed, and what was wanted is kept (`core/device/intents.ts`). */
export type ChangeOutcome =
  | (ChangedKeys & { readonly intended: false })
  | { readonly intended: true; readonly epoch: null; readonly toldAt: readonly [] };

/**
 * `plan` sees the device after it was brought up to date. What was wanted before is carried out with it. Throws what `stageEpoch` throws; then
 * nothing was changed.
 */
export async function changeKeys(
  services: HostServices,
  channel: Channel,
  purpose: string,
  plan: (device: Device) => NextEpochPlan,
): Promise<ChangeOutcome> {
  const signing = await services.host.openSigning(askKey(services, channel), purpose);
  try {
    return await changeKeysWith(services, channel, signing, plan);
  } finally {
    wipeTier(signing);
  }
}

/** The same within an act that the person was verified for already; `signing` is not wiped here. */
export async function changeKeysWith(
  { host, relays }: HostServices,
  channel: Channel,
  signing: SigningTier,
  plan: (device: Device) => NextEpochPlan,
  mayBeAlone = false,
): Promise<ChangeOutcome> {
  const { planIntents, keepIntents } = await import("@latchkey/core/device/intents");
  const device = await host.device();
  const tell = channel.tell.bind(channel);
  const parts = { device, relays, signing, signal: channel.signal, tell, mayBeAlone };
  try {
    const changed = await carryOut(parts, async () => joinPlans(plan(device), await planIntents(device)));
    if (changed === null) throw new TypeError("what a person wants is a plan");
    await planIntents(device);
    return { ...changed, intended: false };
  } catch (error) {
    // Who gave the command up does not want it later either.
    if (!isVaultError(error, "LK-EPOCH-CONTACT") || channel.signal.aborted) throw error;
    await keepIntents(device, signing, plan(device));
    return { intended: true, epoch: null, toldAt: [] };
  }
}

const joinPlans = (plan: NextEpochPlan, kept: NextEpochPlan | null): NextEpochPlan => ({
  reason: plan.reason,
  removed: [...plan.removed, ...(kept?.removed ?? [])],
  purged: [...plan.purged, ...(kept?.purged ?? [])],
});

export interface ChangeParts {
  readonly device: Device;
  readonly relays: RelayService | null;
  /** Not wiped here. */
  readonly signing: SigningTier;
  readonly signal: AbortSignal;
  readonly tell?: (event: JsonObject) => void;
  /** Go on without contact where nobody else is in the vault: after a restoration there may be no mailbox any more. */
  readonly mayBeAlone?: boolean;
}

/** One change at a time: of two that began on one epoch, one would be in vain. */
const turns = new WeakMap<Device, Promise<unknown>>();

/** Makes the epoch that `plan` wants when its turn has come, or none for `null`. Throws `LK-EPOCH-CONTACT` when no relay of the vault can be reached. */
export async function carryOut(
  parts: ChangeParts,
  plan: () => Promise<NextEpochPlan | null>,
): Promise<ChangedKeys | null> {
  const before = turns.get(parts.device) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(() => makeChange(parts, plan));
  turns.set(parts.device, turn);
  return turn;
}

async function makeChange(
  { device, relays: service, signing, signal, tell = () => {}, mayBeAlone = false }: ChangeParts,
  plan: () => Promise<NextEpochPlan | null>,
): Promise<ChangedKeys | null> {
  let relays = [...device.relays(), ...(service?.nearby ?? [])];
  if (relays.length > 0 && (service === null || !(await makeContact(device, service, signal)))) {
    if (!mayBeAlone || countDevices(device) > 1)
      throw new VaultError("LK-EPOCH-CONTACT", "no relay of the vault was reached in time");
    relays = [];
  }
  await service?.epochs()?.idle();
  const [{ stageEpoch }, { publishEpoch }, { settleIn }] = await Promise.all([
    import("@latchkey/core/device/stage-epoch"),
    import("@latchkey/core/device/move-epoch"),
    import("@latchkey/core/device/follow-epochs"),
  ]);
  const wanted = await plan();
  if (wanted === null) return null;
  tell({ event: "sealing" });
  const staged = await stageEpoch(device, signing, wanted);
  const room = await makeStagedRoom(device, staged);
  const told: string[] = [];
  for (const relay of relays) {
    if ((await visitRoom(room, relay, signal)) === null) told.push(relay.origin);
  }
  if (relays.length > 0 && told.length === 0)
    throw new VaultError("LK-EPOCH-CONTACT", "no relay took the vault under its new keys");
  await publishEpoch(device, staged, signing);
  await settleIn(device);
  tell({ event: "telling" });
  await service?.epochs()?.visit();
  return { epoch: device.epoch.record.number, toldAt: told };
}

const countDevices = ({ state }: Device): number =>
  [...state.members.values()].filter(({ member }) => !member.page).length;

/** Whether some relay has shown all that it has. `false` as soon as each was tried and none could be reached. */
async function makeContact(device: Device, service: RelayService, signal: AbortSignal): Promise<boolean> {
  if (!service.isPaused) service.syncNow();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONTACT_MS)]);
  while (!limit.aborted) {
    const statuses = service.statuses();
    if (statuses.some(({ state }) => state === "settled")) return true;
    const wereTried = statuses.length >= device.relays().length;
    if (service.isPaused || (wereTried && statuses.every(({ state }) => state === "offline"))) return false;
    await pause(POLL_MS, limit);
  }
  return false;
}

/** The new room before anybody knows of it: it has a snapshot and nothing else. */
async function makeStagedRoom(device: Device, staged: StagedEpoch): Promise<RelayRoom> {
  const { stagedRoom } = await import("@latchkey/core/device/move-epoch");
  return {
    keys: stagedRoom(staged),
    random: device.deps.random,
    today: () => device.today(),
    listAccepted: () => [],
    listGaps: () => [],
    pinOf: () => null,
    receive: (entries) => Promise.resolve(entries.map(() => null)),
    readEntries: () => Promise.resolve([]),
    readSnapshot: () => Promise.resolve(staged.made.snapshot),
    readRelayRows: () => Promise.resolve([]),
    commit: () => Promise.resolve(),
    subscribe: () => () => {},
  };
}
