/**
 * Which epoch counts when several records stand on one parent (sync-protocol.md § 6): judged from the records alone, all of one parent
 * together, so that every device that has them decides alike, whatever came first.
 *
 *   1  struck is each record whose maker the chain of another one puts out
 *   2  of those left: not a recovery page's, then the older maker's, then the lower hash
 *   3  none left: nobody decides by itself
 *
 * A record's chain is the record and all that follows it. From the oldest parent down, the winner's children are judged next.
 */
import { compareBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import type { EpochRecord } from "./epoch-record.ts";

/** A verified record, and which member made it. */
export interface JudgedEpoch {
  readonly hash: Uint8Array;
  readonly record: EpochRecord;
  /** Hash of its maker's member record. */
  readonly makerRecord: Uint8Array;
}

export type Judgement =
  | { readonly winner: JudgedEpoch }
  /** Each is struck by another: the person chooses, on each device. */
  | { readonly undecided: readonly JudgedEpoch[] };

/**
 * The end of the chain that counts, from `root` down. `epochs` may hold records of any parents. `isChosen`: what the person has chosen on this
 * device, asked only where the records decide nothing.
 */
export function judgeEpochs(
  root: JudgedEpoch,
  epochs: readonly JudgedEpoch[],
  isChosen: (epoch: JudgedEpoch) => boolean = () => false,
): Judgement {
  let place = root;
  for (;;) {
    const rivals = epochs.filter(({ record }) => compareBytes(record.parent, place.hash) === 0);
    if (rivals.length === 0) return { winner: place };
    const winner = judgeRivals(place, rivals, epochs) ?? rivals.find(isChosen) ?? null;
    if (winner === null) return { undecided: rivals };
    place = winner;
  }
}

function judgeRivals(
  parent: JudgedEpoch,
  rivals: readonly JudgedEpoch[],
  epochs: readonly JudgedEpoch[],
): JudgedEpoch | null {
  const removals = new Map(rivals.map((rival) => [rival, listRemoved(rival, epochs)]));
  const left = rivals.filter((rival) =>
    rivals.every((other) => other === rival || !removals.get(other)?.has(encodeHex(rival.makerRecord))),
  );
  const order = (a: JudgedEpoch, b: JudgedEpoch): number =>
    Number(isPage(a)) - Number(isPage(b)) ||
    seniorityIn(parent, a) - seniorityIn(parent, b) ||
    compareBytes(a.hash, b.hash);
  return left.toSorted(order)[0] ?? null;
}

/** Everybody that a record or one that follows it puts out. */
function listRemoved(epoch: JudgedEpoch, epochs: readonly JudgedEpoch[]): Set<string> {
  const removed = new Set(epoch.record.removed.map(encodeHex));
  for (const child of epochs) {
    if (compareBytes(child.record.parent, epoch.hash) !== 0) continue;
    for (const member of listRemoved(child, epochs)) removed.add(member);
  }
  return removed;
}

const isPage = ({ record }: JudgedEpoch): boolean => record.reason === "recovery";

/** As the parent says, which no rival can choose. Who came in after it is younger than all that it names. */
function seniorityIn(parent: JudgedEpoch, { makerRecord }: JudgedEpoch): number {
  const member = parent.record.members.find(({ record }) => compareBytes(record, makerRecord) === 0);
  return member?.seniority ?? Number.MAX_SAFE_INTEGER;
}
