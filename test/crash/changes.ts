/**
 * A fixed row of changes to a vault, by number, with every fifth one a change of its keys, and what the vault shows after them. For processes that
 * are stopped in the middle: by the power, by a full disk.
 */
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import type { LiveDevice } from "../scenario/live-device.ts";

const KEYS_EVERY = 5;

/** Does change `number`; saved when it resolves. */
export async function doChange(device: LiveDevice, number: number): Promise<void> {
  if (number % KEYS_EVERY === 0) await device.call("vault.rotate", {});
  else await editPasskey(device.device, device.document.list()[0]!.id, `tag/${number}`, true);
}

/** What a vault shows after the first `count` changes. */
export const changesShownAfter = (count: number) => ({
  epoch: 1 + Math.floor(count / KEYS_EVERY),
  tags: Array.from({ length: count }, (_, i) => i + 1)
    .filter((number) => number % KEYS_EVERY !== 0)
    .map(String)
    .sort(),
});

/** What this vault shows. */
export const readChanges = ({ device, document }: LiveDevice) => ({
  epoch: device.epoch.record.number,
  tags: [...(document.list()[0]?.tags ?? [])].sort(),
});
