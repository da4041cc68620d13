/** What a host does after a device was lost: the plan, and how far the person has come. */
import { findPasskey } from "./find-passkey.ts";
import { type Method, openDevice } from "./method.ts";

export const ROTATION_METHODS = {
  /** `device`: a lost device's name or the beginning of its id; the one there is, when left out. */
  async "rotate.plan"(services, params, channel) {
    const device = await openDevice(services, channel, "show what is to be replaced");
    await services.host.notebook.flush();
    const { findLostDevice, listLostDevices } = await import("@latchkey/core/device/lost-devices");
    const { planRotation } = await import("@latchkey/core/device/rotation-plan");
    const { document } = device.state;
    const lost = findLostDevice(document, params.optionalText("device"));
    const steps = await planRotation(device, lost);
    const open = steps.filter(({ state }) => state === "open").length;
    return {
      device: { id: lost.half, name: lost.name, since: new Date(lost.since).toISOString() },
      others: listLostDevices(document)
        .filter(({ half }) => half !== lost.half)
        .map(({ name }) => name),
      total: steps.length,
      open,
      steps: steps.map(({ usedThere, reasons, ...step }) => ({
        ...step,
        reasons: [...reasons],
        usedThere: usedThere === null ? null : new Date(usedThere).toISOString(),
      })),
    };
  },

  /** `undo`: it was not replaced after all. */
  async "rotate.done"(services, params, channel) {
    const device = await openDevice(services, channel, "mark a passkey as replaced");
    const { markRotated } = await import("@latchkey/core/device/lost-devices");
    const { id, record, userName } = findPasskey(device.state.document, params.text("passkey"));
    const isDone = params.value("undo") !== true;
    const changed = await markRotated(device, id, isDone);
    return { id, site: record?.rpId ?? null, user: userName, done: isDone, changed };
  },
} satisfies Record<string, Method>;
