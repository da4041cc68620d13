/** What a host does that changes the keys of the vault: `device remove`, `passkey purge`, `vault rotate`. */
import { equalBytes } from "@latchkey/core/bytes/equal";
import { encodeHex } from "@latchkey/core/bytes/text";
import { wipeTier } from "@latchkey/core/device/tiers";
import { VaultError } from "@latchkey/core/errors";
import type { LogMember } from "@latchkey/core/sync/replica-state";
import type { JsonObject } from "./json.ts";
import { findPasskey } from "./find-passkey.ts";
import type { Channel } from "./channel.ts";
import { askKey, type HostServices, type Method, openDevice } from "./method.ts";

async function removeDevice(
  services: HostServices,
  channel: Channel,
  selector: string,
  isMeant: (member: LogMember) => boolean,
  isLost = false,
): Promise<JsonObject> {
  const { findDevice, readDeviceName } = await import("@latchkey/core/device/device-names");
  const { changeKeys } = await import("./change-keys.ts");
  let removed: JsonObject = {};
  let exposed: JsonObject[] = [];
  let key: Uint8Array | null = null;
  let name = "";
  const changed = await changeKeys(services, channel, "remove a device", (device) => {
    const found = findDevice(device, selector);
    if (!isMeant(found)) throw new VaultError("LK-VAULT-NOT-FOUND", "device is not on probation");
    const { document } = device.state;
    const { member, deviceTag } = found;
    name = readDeviceName(document, member);
    removed = { id: encodeHex(deviceTag).slice(0, 8), name };
    key = member.identity.entryPublicKey;
    exposed = document
      .list()
      .flatMap(({ id, record, userName, state, title }) =>
        record === null || state === "deleted" ? [] : [{ id, site: record.rpId, user: userName, title }],
      );
    return { reason: "removal", removed: [member.identity.entryPublicKey], purged: [] };
  });
  if (isLost && key !== null) {
    const { markLost } = await import("@latchkey/core/device/lost-devices");
    await markLost(await services.host.device(), key, name);
  }
  services.host.notebook.note({
    kind: "device-removed",
    ...(key === null ? {} : { id: key }),
    ...(changed.intended ? { word: "later" } : {}),
  });
  return { removed, exposed, ...changed };
}

export const EPOCH_METHODS = {
  /**
   * With the passkeys that the device had: they work on it until they are replaced at their sites. `lost`: what is done about them is kept in the
   * vault (`rotate plan`), also before the removal itself has happened.
   */
  async "device.remove"(services, params, channel) {
    const isLost = params.value("lost") === true;
    return removeDevice(services, channel, params.text("device"), () => true, isLost);
  },

  /** A device that is on probation: it never could sign. */
  async "device.deny"(services, params, channel) {
    const denied = await removeDevice(
      services,
      channel,
      params.text("device"),
      (member) => member.onProbation,
    );
    return { ...denied, exposed: [] };
  },

  /** In the trash alone: what is in use is deleted before. */
  async "passkey.purge"(services, params, channel) {
    const { changeKeys } = await import("./change-keys.ts");
    const before = await openDevice(services, channel, "erase passkeys for good");
    const { id } = findPasskey(
      before.state.document,
      params.text("passkey"),
      ({ state }) => state === "deleted",
    );
    const changed = await changeKeys(services, channel, "erase passkeys for good", ({ state }) => ({
      reason: "purge",
      removed: [],
      // Another device may have taken it out of the trash meanwhile.
      purged: [findPasskey(state.document, id, (passkey) => passkey.state === "deleted")].flatMap(
        ({ record }) => (record === null ? [] : [record.credentialId]),
      ),
    }));
    return { purged: id, ...changed };
  },

  /** Follows the record that this device made, where rivals put each other out. */
  async "device.trust"(services, params, channel) {
    const { host } = services;
    wipeTier(await host.openSigning(askKey(services, channel), "choose which device to trust"));
    const device = await host.device();
    const { chooseRival } = await import("@latchkey/core/device/choose-rival");
    const { findDevice, readDeviceName } = await import("@latchkey/core/device/device-names");
    const { judgeStanding } = await import("@latchkey/core/device/standing");
    const standing = judgeStanding(device);
    const trusted = findDevice(device, params.text("device"));
    const rivals = standing.is === "undecided" ? standing.rivals : [];
    const chosen = rivals.find(({ makerRecord }) => equalBytes(makerRecord, trusted.hash));
    if (chosen === undefined)
      throw new VaultError("LK-VAULT-NOT-FOUND", "there is no choice to make about this device");
    await chooseRival(device, chosen);
    await services.relays?.epochs()?.idle();
    return {
      trusted: readDeviceName(device.state.document, trusted.member),
      standing: judgeStanding(device).is,
    };
  },

  async "vault.rotate"(services, _, channel) {
    const { changeKeys } = await import("./change-keys.ts");
    return {
      ...(await changeKeys(services, channel, "change the keys of the vault", () => ({
        reason: "yearly",
        removed: [],
        purged: [],
      }))),
    };
  },
} satisfies Record<string, Method>;
