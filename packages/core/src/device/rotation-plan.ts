/** What is to be replaced after a device was lost: every passkey that it may hold, the most urgent first, and how far the person has come. */
import { deriveActorPrefix } from "../vault/operation-id.ts";
import type { PasskeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { readLastUses } from "./last-uses.ts";
import { type LostDevice, rotatedRegister } from "./lost-devices.ts";
import { listRankReasons, type RankReason, rankOf } from "./site-rank.ts";

/** `gone`: in the trash, so nobody means to use it any more; at the site it may still be. */
export type RotationState = "open" | "done" | "gone";

export interface RotationStep {
  readonly id: PasskeyId;
  readonly site: string;
  readonly user: string | null;
  readonly title: string | null;
  readonly reasons: readonly RankReason[];
  /** When the lost device last signed in with it, in ms since 1970, as far as its activity log has come here; `null` for not known. */
  readonly usedThere: number | null;
  readonly state: RotationState;
}

/** Open ones first, then by urgency, then by what was used on the lost device last. */
export async function planRotation(device: Device, lost: LostDevice): Promise<readonly RotationStep[]> {
  const { document } = device.state;
  const passkeys = document.list();
  const used = await readLastUses(
    device,
    passkeys.map(({ id }) => id),
    (key) => deriveActorPrefix(key) === lost.half,
  );
  const steps = passkeys.flatMap((passkey): RotationStep[] => {
    const { id, record, userName, title, state } = passkey;
    if (record === null || record.createdAt > lost.since) return [];
    const isDone = document.valuesOf(id, rotatedRegister(lost.half)).at(-1) === true;
    const usedThere = used.get(id) ?? null;
    const reasons = [...listRankReasons(passkey), ...(usedThere === null ? [] : (["used-there"] as const))];
    return [
      {
        id,
        site: record.rpId,
        user: userName,
        title,
        reasons,
        usedThere,
        state: isDone ? "done" : state === "deleted" ? "gone" : "open",
      },
    ];
  });
  const order: readonly RotationState[] = ["open", "gone", "done"];
  return steps.sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      rankOf(a.reasons) - rankOf(b.reasons) ||
      (b.usedThere ?? 0) - (a.usedThere ?? 0) ||
      (a.site < b.site ? -1 : a.site > b.site ? 1 : 0),
  );
}
