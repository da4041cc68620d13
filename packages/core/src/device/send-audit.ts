/** Activity logs on their way: this device's lines travel to the others in batches, and old lines go. */
import { encodeBatch, takeBatch } from "../audit/audit-batch.ts";
import type { SignedLine } from "../audit/audit-line.ts";
import { ownLogRow, readLines, readOwnLog, readSent, sentRow } from "../audit/audit-rows.ts";
import type { RowChange } from "../storage/device-store.ts";
import { writeAuditBatch } from "../sync/write-entry.ts";
import type { Device } from "./device.ts";

/** Lines are kept so long: what a relay keeps of a room that nobody visits. */
export const AUDIT_DAYS = 400;
const DAY_MS = 86_400_000;
/** Entries of one round: what a long time without contact has left goes over several days. */
const MAX_BATCHES = 4;

/**
 * Gives the others what they do not have yet: one entry a day, also when there is nothing to tell, so that a relay learns no more from it than
 * that the device was on.
 */
export async function sendAudit(device: Device): Promise<void> {
  const { store } = device.deps;
  const { rows, self } = device.context;
  const sent = await readSent(store, rows);
  const own = await readLines(store, rows, self.signer.publicKey);
  let rest = own.flatMap(({ number, signed }) => (signed === null || number <= sent ? [] : [signed]));
  // A damaged line ends a batch: the rest of the chain goes with the next.
  for (let batches = 0; batches < MAX_BATCHES; batches++) {
    const batch = takeBatch(untilGap(rest));
    const last = batch.at(-1)?.line.number ?? sent;
    await device.step((state) =>
      writeAuditBatch(device.context, state, encodeBatch(batch), [sentRow(rows, last)]),
    );
    rest = rest.slice(batch.length);
    if (rest.length === 0) return;
  }
}

function untilGap(lines: readonly SignedLine[]): readonly SignedLine[] {
  const end = lines.findIndex(({ line }, i) => i > 0 && line.number !== (lines[i - 1]?.line.number ?? 0) + 1);
  return end < 0 ? lines : lines.slice(0, end);
}

/** Lets lines go that are older than so many days, of every device. What stays begins where the first one left says. */
export async function trimAudit(device: Device, days: number = AUDIT_DAYS): Promise<number> {
  const { store, clock } = device.deps;
  const { rows, self } = device.context;
  const before = clock.now() - days * DAY_MS;
  const own = self.signer.publicKey;
  let gone = 0;
  await device.commit(async () => {
    const lines = await readLines(store, rows);
    const isOld = ({ signed }: (typeof lines)[number]): boolean => signed !== null && signed.line.at < before;
    const changes: RowChange[] = [];
    for (const log of Map.groupBy(lines, ({ device: of }) => of.join()).values()) {
      // From the beginning on, so that no gap is made; the last one stays, for the next to follow.
      const kept = Math.min(log.findIndex((line) => !isOld(line)) >>> 0, log.length - 1);
      for (const { key } of log.slice(0, kept)) changes.push({ table: "audit", key, value: null });
      const first = log[kept];
      if (kept > 0 && first !== undefined && first.device.join() === own.join())
        changes.push(ownLogRow(rows, { ...(await readOwnLog(store, rows, own)), first: first.number }));
    }
    gone = changes.filter(({ table }) => table === "audit").length;
    return changes;
  });
  return gone;
}
