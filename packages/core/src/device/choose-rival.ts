/**
 * The person's choice between rivals that put each other's makers out: on each device, after a user verification. The other makers stay out: the
 * chosen record removes them.
 */
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { choicesRow } from "../sync/epoch-seen-rows.ts";
import type { SeenEpoch } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";
import { judgeStanding } from "./standing.ts";

/** Follows `chosen` from now on. Throws `LK-VAULT-NOT-FOUND` when it is none of the rivals that wait for a choice. */
export async function chooseRival(device: Device, chosen: SeenEpoch): Promise<void> {
  const standing = judgeStanding(device);
  const isRival =
    standing.is === "undecided" &&
    standing.rivals.some(({ hash }) => encodeHex(hash) === encodeHex(chosen.hash));
  if (!isRival) throw new VaultError("LK-VAULT-NOT-FOUND", "there is no such choice between records");
  await device.step((state) => {
    const choices = new Set(state.choices).add(encodeHex(chosen.hash));
    return {
      state: { ...state, choices },
      rows: [choicesRow(device.context.rows, choices)],
      notices: [{ is: "epoch-seen", epoch: chosen }],
      touched: new Set(),
    };
  });
}
