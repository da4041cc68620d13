/**
 * Deleted passkeys (sync-protocol.md § 3, experience.md U9). A tombstone dominates: what others wrote without knowing of it is kept
 * and shown with the deletion. A passkey is deleted while any tombstone stands; its day decides nothing.
 */
import { type PasskeyCells, readWrittenRegister } from "./cells.ts";
import { authorOf } from "./conflicts.ts";
import type { Backend } from "./genesis.ts";
import type { ChangeIndex } from "./history.ts";
import { type ActorId, type OperationId, parseOperationId } from "./operation-id.ts";
import {
  isEditable,
  type PasskeyId,
  type RegisterValue,
  RESTORED_PREFIX,
  TOMBSTONE_PREFIX,
} from "./schema.ts";
import { readTombstone, type Tombstone } from "./tombstone.ts";

export interface Deletion {
  /** The earliest claimed day, in days since 1970. */
  readonly day: number;
  /** The credential id that took its place, as far as a tombstone names one. */
  readonly replacedBy: Uint8Array | null;
  /** The acts that deleted it, all of them cancelled by a restore. */
  readonly operations: readonly OperationId[];
  /** What was written by somebody whose edit no deleting device had seen. */
  readonly editedAfter: readonly LateEdit[];
}

export interface LateEdit {
  readonly register: string;
  readonly value: RegisterValue;
  readonly by: ActorId;
}

/** The deletion of a passkey, or `null` when no tombstone stands. */
export function readDeletion(
  backend: Backend,
  changes: ChangeIndex,
  id: PasskeyId,
  cells: PasskeyCells,
): Deletion | null {
  const registers = [...cells.registers.keys()]
    .filter((register) => register.startsWith(TOMBSTONE_PREFIX) && !isCancelled(cells, register))
    .sort();
  if (registers.length === 0) return null;
  const tombstones: Tombstone[] = [];
  const operations: OperationId[] = [];
  for (const register of registers) {
    tombstones.push(readTombstone(cells.registers.get(register)));
    const operation = parseOperationId(register.slice(TOMBSTONE_PREFIX.length));
    if (operation !== null) operations.push(operation);
  }
  return {
    day: Math.min(...tombstones.map(({ day }) => day)),
    replacedBy: tombstones.find(({ replacedBy }) => replacedBy !== null)?.replacedBy ?? null,
    operations,
    editedAfter: readLateEdits(backend, changes, id, cells, registers),
  };
}

/** Whether a restore that was issued again has cancelled this tombstone. */
const isCancelled = (cells: PasskeyCells, tombstone: string): boolean =>
  cells.registers.has(RESTORED_PREFIX + tombstone.slice(TOMBSTONE_PREFIX.length));

function readLateEdits(
  backend: Backend,
  changes: ChangeIndex,
  id: PasskeyId,
  cells: PasskeyCells,
  tombstones: readonly string[],
): LateEdit[] {
  const moments = tombstones
    .flatMap((register) => readWrittenRegister(backend, id, register))
    .map((written) => changes.findChange(written.operation));
  const edits: LateEdit[] = [];
  for (const register of [...cells.registers.keys()].filter(isEditable).sort()) {
    const seen = new Set(
      moments.flatMap((hash) => readWrittenRegister(backend, id, register, [hash])).map((w) => w.operation),
    );
    for (const written of readWrittenRegister(backend, id, register)) {
      if (!seen.has(written.operation)) edits.push({ register, value: written.value, by: authorOf(written) });
    }
  }
  return edits;
}
