/**
 * Operations as the journal of their maker has them, made again from the changes in a log: for a device that answers for what another one did
 * and cannot do any more (sync-protocol.md § 6). What a write replaced is looked up by the ids that the change names.
 */
import type { AdmittedChange, AdmittedOperation } from "./admit.ts";
import { readWritten } from "./cells.ts";
import type { VaultDocument } from "./document.ts";
import type { OperationId } from "./operation-id.ts";
import { hashReplaced, type KeptOperation, type KeptWrite } from "./reissue.ts";
import type { RegisterValue } from "./schema.ts";

/** An operation in a log, with what its entry has of it. */
export interface LoggedOperation {
  readonly id: OperationId;
  /** The Automerge operation number at which it was made. */
  readonly time: number;
  readonly changes: readonly AdmittedChange[];
}

/** `opening`: the document with which the log begins. `logged`: all of the log, since one writes over the other. */
export function keepLogged(opening: VaultDocument, logged: readonly LoggedOperation[]): KeptOperation[] {
  const values = new Map<string, RegisterValue | null>();
  for (const { changes } of logged) {
    for (const { actor, operations, startOperation } of changes)
      for (const [i, { value }] of operations.entries()) values.set(`${startOperation + i}@${actor}`, value);
  }
  const first = opening.forkAt(opening.heads());

  /** Of one that was issued again there beside another value nothing tells what it replaced: as if nothing was there, it is offered. */
  function readReplaced(write: AdmittedOperation): KeptWrite["replaced"] {
    const shown = write.replaces.toSorted(compareOperations).at(-1);
    if (shown === undefined) return [null];
    const atFirst = readWritten(first, write.container, write.key);
    const value = values.get(shown) ?? atFirst.find(({ operation }) => operation === shown)?.value ?? null;
    return [value === null ? null : hashReplaced(value)];
  }

  try {
    return logged.map(({ id, time, changes }) => ({
      id,
      time,
      writes: changes
        .flatMap(({ operations }) => operations)
        .map((write) => ({
          container: write.container,
          key: write.key,
          value: write.value,
          replaced: readReplaced(write),
        })),
    }));
  } finally {
    first.free();
  }
}

/** `counter@actor`, in Automerge's order: the last one is the one that is shown. */
function compareOperations(a: string, b: string): number {
  const [[counterA, actorA], [counterB, actorB]] = [a.split("@"), b.split("@")] as [string[], string[]];
  return Number(counterA) - Number(counterB) || ((actorA as string) < (actorB as string) ? -1 : 1);
}
