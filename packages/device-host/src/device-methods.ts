/**
 * What every host does for whoever asks it, by name: commands at a terminal, the app's page, the screens of a phone. Parameters are JSON and
 * checked here; results are the data that `--json` prints. A host may have more (`desktop/host/methods.ts`).
 */
import { equalBytes } from "@latchkey/core/bytes/equal";
import { checkRelayAllowed, checkUnmanaged } from "@latchkey/core/policy/policy";
import {
  createDeviceNamer,
  describeConflicts,
  describeDevices,
  describeOpenVault,
  describePasskey,
} from "./describe-vault.ts";
import { findPasskey } from "./find-passkey.ts";
import { APPROVAL_METHODS } from "./approval-methods.ts";
import { AUDIT_METHODS } from "./audit-methods.ts";
import { EPOCH_METHODS } from "./epoch-methods.ts";
import { INTENT_METHODS } from "./intent-methods.ts";
import { HISTORY_METHODS } from "./history-methods.ts";
import type { InviteDoor } from "./invite-doors.ts";
import { askKey, type Method, openDevice, type Params } from "./method.ts";
import { ROTATION_METHODS } from "./rotation-methods.ts";
import { describeRecovery, RECOVERY_METHODS } from "./recovery-methods.ts";
import { SYNC_METHODS } from "./sync-methods.ts";

/** How long a device that joined waits for the vault before it says that the rest comes later. */
const ARRIVAL_MS = 30_000;

const sameToken = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

export const DEVICE_METHODS = {
  async status({ host, relays, isServed }) {
    const facts = { vault: host.path, state: host.isOpen ? "open" : "locked", host: isServed };
    if (!host.isOpen) return facts;
    const device = await host.device();
    const { describeRelays, describeSync } = await import("./describe-sync.ts");
    const { describeHealth } = await import("./describe-health.ts");
    const vault = await describeOpenVault(device);
    const unopened = host.unopened.length;
    return {
      ...facts,
      ...vault,
      unopened,
      recovery: await describeRecovery(device),
      health: await describeHealth(device),
      ...(await describeSync(device)),
      ...describeRelays(device, relays),
    };
  },

  async unlock(services, _, channel) {
    await services.host.unlock(askKey(services, channel));
    await services.host.device();
    return { state: "open" };
  },

  async lock({ host }) {
    await host.lock();
    return { state: "locked" };
  },

  async "passkey.list"(services, params, channel) {
    const device = await openDevice(services, channel, "list your passkeys");
    const [site, tag] = [params.optionalText("site"), params.optionalText("tag")];
    const nameOf = createDeviceNamer(device);
    const passkeys = device.state.document
      .list()
      .filter(({ state }) => (params.value("trash") === true ? state === "deleted" : state !== "deleted"))
      .filter(
        ({ record, tags }) =>
          (site === null || record?.rpId === site) && (tag === null || tags.includes(tag)),
      );
    return { passkeys: passkeys.map((passkey) => describePasskey(passkey, nameOf)) };
  },

  async "passkey.show"(services, params, channel) {
    const device = await openDevice(services, channel, "show a passkey");
    const { describeCopies } = await import("./describe-sync.ts");
    const passkey = findPasskey(device.state.document, params.text("passkey"));
    return {
      ...describePasskey(passkey, createDeviceNamer(device)),
      copies: await describeCopies(device, passkey),
    };
  },

  /** Sets or clears one field: `field` is the register's name. */
  async "passkey.edit"(services, params, channel) {
    const device = await openDevice(services, channel, "edit a passkey");
    const { editPasskey } = await import("@latchkey/core/device/passkey-acts");
    const { id } = findPasskey(device.state.document, params.text("passkey"));
    const changed = await editPasskey(device, id, params.text("field"), params.value("value"));
    return { id, changed };
  },

  async "passkey.delete"(services, params, channel) {
    const device = await openDevice(services, channel, "move a passkey to the trash");
    const { deletePasskey } = await import("@latchkey/core/device/passkey-acts");
    const passkey = findPasskey(
      device.state.document,
      params.text("passkey"),
      ({ state }) => state !== "deleted",
    );
    return { id: passkey.id, changed: await deletePasskey(device, passkey.id) };
  },

  async "passkey.restore"(services, params, channel) {
    const device = await openDevice(services, channel, "take a passkey out of the trash");
    const { restorePasskey } = await import("@latchkey/core/device/passkey-acts");
    const passkey = findPasskey(
      device.state.document,
      params.text("passkey"),
      ({ state }) => state === "deleted",
    );
    return { id: passkey.id, changed: await restorePasskey(device, passkey.id) };
  },

  async "conflict.list"(services, _, channel) {
    const device = await openDevice(services, channel, "list conflicts");
    const nameOf = createDeviceNamer(device);
    const conflicts = device.state.document.list().flatMap((passkey) =>
      describeConflicts(passkey, nameOf).map((conflict) => ({
        id: passkey.id,
        site: passkey.record?.rpId ?? null,
        user: passkey.userName,
        ...conflict,
      })),
    );
    return { conflicts };
  },

  /** `choice` 0 keeps what is shown, 1 and up take an offered value. */
  async "conflict.resolve"(services, params, channel) {
    const device = await openDevice(services, channel, "decide a conflict");
    const { resolveConflict } = await import("@latchkey/core/device/passkey-acts");
    const { id } = findPasskey(device.state.document, params.text("passkey"));
    return { id, changed: await resolveConflict(device, id, params.text("field"), params.count("choice")) };
  },

  async "relay.add"(services, params, channel) {
    const device = await openDevice(services, channel, "add a relay");
    const { parseRelayAddress } = await import("@latchkey/core/relay-protocol");
    const { putRelay } = await import("@latchkey/core/device/relay-settings");
    const address = parseRelayAddress(params.text("address"));
    // It may be listed: the vault's other devices find it by that.
    checkRelayAllowed(services.policy, address.origin);
    const isKnown = device
      .relays()
      .some(({ origin, token }) => origin === address.origin && sameToken(token, address.token));
    const changed = !isKnown && (await device.act(() => [putRelay(address)]));
    return { origin: address.origin, changed, relays: device.relays().map(({ origin }) => origin) };
  },

  async "device.list"(services, _, channel) {
    return { devices: describeDevices(await openDevice(services, channel, "list your devices")) };
  },

  async "device.add"(services, params, channel) {
    checkUnmanaged(services.policy, "ForbidAddingDevices");
    const { inviteDevice } = await import("./invite-device.ts");
    const nearby = services.relays?.nearby ?? [];
    const needsSecond = services.policy?.policy.requireSecondDevice;
    return inviteDevice(
      services.host,
      askKey(services, channel),
      channel,
      readDoor(params),
      nearby,
      needsSecond,
    );
  },

  /** The first minutes of a device that has just joined: fetches the vault, then says so to the others with its first beacon. */
  async "device.arrive"(services, _, channel) {
    const device = await openDevice(services, channel, "open the new copy of the vault");
    const { relays } = services;
    const signal = AbortSignal.any([channel.signal, AbortSignal.timeout(ARRIVAL_MS)]);
    const isComplete = (await relays?.whenSettled(signal)) === true && device.self !== null;
    if (isComplete) {
      await device.writeBeacon();
      await relays?.whenSettled(signal);
    }
    return { complete: isComplete, ...(await describeOpenVault(device)) };
  },

  ...EPOCH_METHODS,
  ...APPROVAL_METHODS,
  ...AUDIT_METHODS,
  ...INTENT_METHODS,
  ...HISTORY_METHODS,
  ...ROTATION_METHODS,
  ...RECOVERY_METHODS,
  ...SYNC_METHODS,
} satisfies Record<string, Method>;

/** Those that screens may call as they are, on a desktop and on a phone. */
export const APP_METHODS = [
  "unlock",
  "lock",
  "passkey.edit",
  "passkey.delete",
  "passkey.restore",
  "passkey.show",
  "passkey.history",
  "passkey.restoreEarlier",
  "passkey.purge",
  "conflict.resolve",
  "relay.add",
  "relay.remove",
  "device.rename",
  "device.remove",
  "device.approve",
  "device.deny",
  "settings.approval",
  "intent.withdraw",
  "recovery.create",
  "recovery.test",
  "sync.now",
  "audit.list",
  "rotate.plan",
  "rotate.done",
] as const satisfies readonly (keyof typeof DEVICE_METHODS)[];

/** `request`: the text of a new device's code; `words`: true; else `app`, the address of an invitation. */
function readDoor(params: Params): InviteDoor {
  const request = params.optionalText("request");
  if (request !== null) return { kind: "request", text: request };
  return params.value("words") === true ? { kind: "words" } : { kind: "code", app: params.text("app") };
}
