/** Whether this device may sign and have a say in who is a member. Apart from the acts, for a sign-in asks it too and loads nothing for it. */
import { VaultError } from "../errors.ts";
import { WITHOUT_END } from "../membership/member-record.ts";
import type { Device } from "./device.ts";

/** Throws `LK-EPOCH-PROBATION`, which says from when, while this device is on probation. */
export function checkOffProbation({ self }: Pick<Device, "self">): void {
  if (self?.onProbation !== true) return;
  const { probation } = self.member;
  const isTimed = probation !== null && probation !== WITHOUT_END;
  const when = isTimed ? `from ${new Date(probation).toISOString()}, or ` : "";
  throw new VaultError("LK-EPOCH-PROBATION", `this device may sign ${when}when another device agrees`);
}
