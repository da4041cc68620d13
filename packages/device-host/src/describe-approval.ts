/** How new devices are let in, and who is on probation, as what `--json` prints. */
import { type ApprovalSetting, readApprovalSetting } from "@latchkey/core/device/approval-rule";
import { readDeviceName } from "@latchkey/core/device/device-names";
import type { Device } from "@latchkey/core/device/device";
import { WITHOUT_END } from "@latchkey/core/membership/member-record";
import { findMember, type LogMember } from "@latchkey/core/sync/replica-state";
import type { JsonObject } from "./json.ts";

/** `null` when it is not on probation; `until` is `null` where another device has to agree. */
export function describeProbation(member: LogMember | null): JsonObject | null {
  if (member?.onProbation !== true) return null;
  const { probation } = member.member;
  const isTimed = probation !== null && probation !== WITHOUT_END;
  return { until: isTimed ? new Date(probation).toISOString() : null };
}

/** `wish`: what one device wants instead, until another one wants the same. */
export function describeApproval(device: Device): JsonObject {
  const { mode, minutes, wish }: ApprovalSetting = readApprovalSetting(device.state.document);
  return {
    mode,
    minutes,
    wish: wish === null ? null : { mode: wish.mode, minutes: wish.minutes, by: nameOf(device, wish.by) },
  };
}

function nameOf({ state }: Device, entryPublicKey: Uint8Array): string | null {
  const member = findMember(state, entryPublicKey);
  return member === null ? null : readDeviceName(state.document, member.member);
}
