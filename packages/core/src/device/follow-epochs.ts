/**
 * Keeping a device in the epoch that counts: whenever a record came, it moves to where the records lead, one transaction a move, and issues
 * its own operations again there. A device that leaves a losing epoch first writes into that log which one won, for those who only look
 * there.
 */
import { encodeHex } from "../bytes/text.ts";
import type { SeenEpoch } from "../sync/replica-state.ts";
import { writeBeacon, writeEpochRecord } from "../sync/write-entry.ts";
import type { Device } from "./device.ts";
import { moveToEpoch, type OpenedEpoch, openEpoch } from "./move-epoch.ts";
import { reissueOwn } from "./reissue-own.ts";
import { listTold, tellRivals } from "./tell-rivals.ts";
import { judgeStanding, listChain, type Standing } from "./standing.ts";

/** The snapshot of an epoch from its room, or `null` while no relay has it. Whether it is the right one is checked here. */
export type FetchSnapshot = (opened: OpenedEpoch) => Promise<Uint8Array | null>;

/**
 * Moves as far as the records lead and snapshots can be had, and says where the device stands then. Throws what `openEpoch` and
 * `moveToEpoch` throw for an epoch that is not what it claims.
 */
export async function followEpochs(device: Device, fetchSnapshot: FetchSnapshot): Promise<Standing> {
  for (;;) {
    const standing = judgeStanding(device);
    // A device that stopped right after its move has its own operations still to come.
    if (standing.is === "member") {
      await reissueOwn(device, null);
      await tellRivals(device);
    }
    // Who was let in here since knows nothing of the epoch that put this one out.
    if (standing.is === "removed") await announceWinner(device, standing.by);
    if (standing.is !== "behind") return standing;
    const opened = openEpoch(device, standing.next);
    const snapshot = await fetchSnapshot(opened);
    if (snapshot === null) return standing;
    await announceWinner(device, standing.next);
    if (await moveToEpoch(device, opened, snapshot)) await settleIn(device);
  }
}

/** What a device does in an epoch that it has just come into: its own operations, and a sign of life that says it has moved. */
export async function settleIn(device: Device): Promise<void> {
  // A page neither has operations nor says that it lives.
  if (device.self?.member.page === true) return;
  await reissueOwn(device, null);
  await device.step((state) => writeBeacon(device.context, state));
}

/** Only in a losing epoch: a record that follows this log stands in it already. Each is written once. */
async function announceWinner(device: Device, winner: SeenEpoch): Promise<void> {
  const { state, epoch } = device;
  const own = state.epochs.get(encodeHex(epoch.hash));
  const behind = new Set(own === undefined ? [] : listChain(own, state).map(({ hash }) => encodeHex(hash)));
  const ahead = listChain(winner, state).filter(({ hash }) => !behind.has(encodeHex(hash)));
  if (ahead.length === 0 || encodeHex(ahead.at(-1)?.record.parent ?? epoch.hash) === encodeHex(epoch.hash))
    return;
  const told = await listTold(device, { epoch, members: state.members });
  for (const record of ahead.toReversed()) {
    if (told.has(encodeHex(record.hash))) continue;
    await device.step((now) => writeEpochRecord(device.context, now, record));
  }
}
