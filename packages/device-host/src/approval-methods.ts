/** What a host does about new devices: `device approve`, `settings …`. */
import { encodeHex } from "@latchkey/core/bytes/text";
import { type ApprovalMode, APPROVAL_MODES } from "@latchkey/core/device/approval-rule";
import { wipeTier } from "@latchkey/core/device/tiers";
import { VaultError } from "@latchkey/core/errors";
import { checkUnmanaged } from "@latchkey/core/policy/policy";
import { describeApproval } from "./describe-approval.ts";
import { askKey, type Method, openDevice } from "./method.ts";

export const APPROVAL_METHODS = {
  /** Ends a probation, by this device's word. */
  async "device.approve"(services, params, channel) {
    const { host } = services;
    const signing = await host.openSigning(askKey(services, channel), "let a new device sign");
    try {
      const device = await host.device();
      const { findDevice, readDeviceName } = await import("@latchkey/core/device/device-names");
      const { approveDevice } = await import("@latchkey/core/device/probation");
      const member = findDevice(device, params.text("device"));
      const name = readDeviceName(device.state.document, member.member);
      const changed = await approveDevice(device, signing, member);
      if (changed) host.notebook.note({ kind: "device-approved", id: member.member.identity.entryPublicKey });
      return { id: encodeHex(member.deviceTag).slice(0, 8), name, changed };
    } finally {
      wipeTier(signing);
    }
  },

  async "settings.show"(services, _, channel) {
    return { approval: describeApproval(await openDevice(services, channel, "show the vault's settings")) };
  },

  /** How new devices get the right to sign. A weaker rule than two devices takes two devices. */
  async "settings.approval"(services, params, channel) {
    const { host } = services;
    const mode = APPROVAL_MODES.find((known) => known === params.text("mode"));
    if (mode === undefined) throw new VaultError("LK-CLI-HOST", "parameter mode is none of the known ones");
    if (mode !== "second-device") checkUnmanaged(services.policy, "RequireSecondDevice");
    wipeTier(await host.openSigning(askKey(services, channel), "change how devices are let in"));
    const device = await host.device();
    const { PROBATION_MINUTES, setApprovalRule } = await import("@latchkey/core/device/approval-rule");
    const minutes = params.optionalCount("minutes") ?? PROBATION_MINUTES;
    await setApprovalRule(device, { mode, minutes: isTimed(mode) ? minutes : 0 });
    return { approval: describeApproval(device) };
  },
} satisfies Record<string, Method>;

const isTimed = (mode: ApprovalMode): boolean => mode === "probation";
