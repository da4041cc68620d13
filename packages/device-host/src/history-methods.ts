/** What a host does with what was: the history of a passkey, and an earlier value taken back. */
import { findPasskey } from "./find-passkey.ts";
import { type Method, openDevice } from "./method.ts";

export const HISTORY_METHODS = {
  async "passkey.history"(services, params, channel) {
    const device = await openDevice(services, channel, "show the history of a passkey");
    const { describeHistory } = await import("@latchkey/core/device/passkey-history");
    const passkey = findPasskey(device.state.document, params.text("passkey"));
    const events = describeHistory(device, passkey.id).map((event) => ({ ...event }));
    return { id: passkey.id, site: passkey.record?.rpId ?? null, user: passkey.userName, events };
  },

  /** `change`: the beginning of a change's hash; `field`: one of its fields, or all. */
  async "passkey.restoreEarlier"(services, params, channel) {
    const device = await openDevice(services, channel, "take an earlier value back");
    const { restoreEarlier } = await import("@latchkey/core/device/passkey-history");
    const { id } = findPasskey(device.state.document, params.text("passkey"));
    const fields = await restoreEarlier(device, id, params.text("change"), params.optionalText("field"));
    return { id, changed: fields.length > 0, fields };
  },
} satisfies Record<string, Method>;
