/**
 * Where this device stands among the epochs that it knows: in the one that counts, on the way there, put out, or before a choice that only
 * the person can make. Judged from the records alone (`membership/rivals.ts`), so alike on every device that has them.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { judgeEpochs, type JudgedEpoch } from "../membership/rivals.ts";
import type { ReplicaState, SeenEpoch } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";

export type Standing =
  /** In the epoch that counts. */
  | { readonly is: "member" }
  /** Another epoch counts, and has a seal for this device: its snapshot is to be fetched. */
  | { readonly is: "behind"; readonly next: SeenEpoch }
  /** Put out by the epoch that counts. */
  | { readonly is: "removed"; readonly by: SeenEpoch }
  /** The maker of that epoch did not know of this device: whoever added it does so again. */
  | { readonly is: "overlooked"; readonly by: SeenEpoch }
  /** Rivals put each other's makers out. */
  | { readonly is: "undecided"; readonly rivals: readonly SeenEpoch[] };

export function judgeStanding(device: Device): Standing {
  const { state, epoch, ownRecord } = device;
  const epochs = [...state.epochs.values()];
  const own = state.epochs.get(encodeHex(epoch.hash));
  if (own === undefined) return { is: "member" };
  const isChosen = ({ hash }: JudgedEpoch): boolean => state.choices.has(encodeHex(hash));
  const judged = judgeEpochs(findRoot(own, state), epochs, isChosen);
  if ("undecided" in judged) {
    return { is: "undecided", rivals: judged.undecided.map((rival) => seen(state, rival.hash)) };
  }
  const winner = seen(state, judged.winner.hash);
  if (equalBytes(winner.hash, epoch.hash)) return { is: "member" };
  const chain = listChain(winner, state);
  // The nearest to the winner that lets this device in; from there it goes on.
  const next = chain.find(
    ({ hash, record }) =>
      !equalBytes(hash, epoch.hash) &&
      (record.seals.some(({ member }) => equalBytes(member, ownRecord)) ||
        state.readmissions.has(encodeHex(hash))),
  );
  const isAhead = next !== undefined && !listChain(own, state).includes(next);
  if (isAhead) return { is: "behind", next };
  const remover = chain.find(({ record }) => record.removed.some((hash) => equalBytes(hash, ownRecord)));
  return remover === undefined ? { is: "overlooked", by: winner } : { is: "removed", by: remover };
}

const seen = (state: ReplicaState, hash: Uint8Array): SeenEpoch =>
  state.epochs.get(encodeHex(hash)) as SeenEpoch;

/**
 * Where judging begins: the parent, which it does not know, of the oldest epoch that the device knows. Who came in with that epoch judges its
 * rivals like everybody: seniority there stands in the record that let it in.
 */
function findRoot(epoch: SeenEpoch, state: ReplicaState): JudgedEpoch {
  const oldest = listChain(epoch, state).at(-1) ?? epoch;
  return { hash: oldest.record.parent, record: oldest.record, makerRecord: oldest.makerRecord };
}

/** An epoch and those before it, as far as known, the newest first. */
export function listChain(epoch: SeenEpoch, state: ReplicaState): SeenEpoch[] {
  const chain: SeenEpoch[] = [];
  for (let at: SeenEpoch | undefined = epoch; at !== undefined;) {
    chain.push(at);
    at = state.epochs.get(encodeHex(at.record.parent));
    if (at !== undefined && chain.includes(at)) break;
  }
  return chain;
}
