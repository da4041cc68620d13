/**
 * Issuing an operation again in an epoch whose document does not have it (sync-protocol.md § 6). Each of its writes becomes one Automerge
 * change that follows from the operation and the epoch's first document alone: whoever issues it makes the same bytes, so any number of
 * devices may, and it is applied once.
 *
 *   actor   = 00000000 ‖ Lamport time u32 ‖ the device's half(8) ‖ H(reissue, operation id, container, key, on genesis)[0..16]
 *   change  = number 1 of that actor, one operation; made on the epoch's opening document, or on genesis alone
 *
 * On the first document when the field still has the value that the operation replaced. Its operation number is then the lowest of the
 * epoch and its actor is below all others: an edit made in the epoch wins, and of two issued again the later one. When the field has
 * another value meanwhile, the change is made on genesis and loses against that value: it is offered, and a year-old rename never beats
 * yesterday's. A restore leaves a mark, which cancels the deletion also when that is issued again later.
 */
import * as Automerge from "@automerge/automerge";
import { equalBytes } from "../bytes/equal.ts";
import { decodeHex, encodeHex } from "../bytes/text.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { type AdmittedChange, admitReissuedChange } from "./admit.ts";
import { readWritten, writeCell } from "./cells.ts";
import { sameRecord } from "./credential-record.ts";
import { createGenesisBackend, type VaultDocument } from "./document.ts";
import type { Backend } from "./genesis.ts";
import { containerObject } from "./history.ts";
import { type ActorId, deriveReissueActor, type OperationId } from "./operation-id.ts";
import {
  CORE,
  registerKey,
  type RegisterValue,
  RESTORED_PREFIX,
  splitKey,
  TOMBSTONE_PREFIX,
} from "./schema.ts";

/** One write of an operation as the journal keeps it. */
export interface KeptWrite {
  readonly container: number | "settings";
  readonly key: string;
  readonly value: RegisterValue | null;
  /** `hashReplaced` of each value that its author knew it to replace, `null` for none there: the one shown before, and before that. */
  readonly replaced: readonly (Uint8Array | null)[];
  /** A later operation of the list replaced its value: that one speaks for both. Left out: none did. */
  readonly isReplaced?: boolean;
}

export interface KeptOperation {
  readonly id: OperationId;
  /** The Automerge operation number at which it was made: its Lamport time. */
  readonly time: number;
  readonly writes: readonly KeptWrite[];
}

export const hashReplaced = (value: RegisterValue): Uint8Array => hash(LABELS.replacedValue, value);

/**
 * The operations of one device in the order of their making, each knowing what the ones before it had replaced already: so a second
 * rename counts as made on what the first was made on, and a tag that was set and taken away again does not come back.
 */
export function linkOperations(operations: readonly KeptOperation[]): KeptOperation[] {
  const last = new Map<string, KeptWrite>();
  const replaced = new Set<KeptWrite>();
  const linked = operations
    .toSorted((a, b) => a.time - b.time)
    .map((operation) => ({
      ...operation,
      writes: operation.writes.map((write) => {
        const name = `${write.container} ${write.key}`;
        const before = last.get(name);
        const [direct = null] = write.replaced;
        const follows = before !== undefined && sameHash(direct, hashOf(before.value));
        const own = follows ? { ...write, replaced: [direct, ...before.replaced] } : write;
        if (follows) replaced.add(before);
        last.set(name, own);
        return own;
      }),
    }));
  return linked.map((operation) => ({
    ...operation,
    writes: operation.writes.map((write) => (replaced.has(write) ? { ...write, isReplaced: true } : write)),
  }));
}

const hashOf = (value: RegisterValue | null): Uint8Array | null =>
  value === null ? null : hashReplaced(value);

function sameHash(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : equalBytes(a, b);
}

export interface Reissuer {
  /** The changes for `operation`, in no order: none when the vault is as it wants it. */
  issue(operation: KeptOperation): AdmittedChange[];
  /** Gives the memory back. */
  free(): void;
}

/** `heads`: of the epoch's first document, which `document` has grown from. */
export function createReissuer(document: VaultDocument, heads: readonly Uint8Array[]): Reissuer {
  const genesis = createGenesisBackend();
  // The first document of an empty vault is genesis itself.
  const first = sameHeads(heads, genesis) ? genesis : document.forkAt(heads);

  function issueWrite({ id, time }: KeptOperation, write: KeptWrite): AdmittedChange[] {
    const { container } = write;
    const plan = planWrite(first, genesis, write);
    if (plan === null) return [];
    const { key, value } = plan;
    const actor = deriveReissueActor(id, time, { container, key, onGenesis: plan.on === genesis });
    if (plan.isPutBack === true && typeof value !== "object") {
      const { bytes, hashText } = putBack(plan.on, actor, { container, key, value });
      return [admitReissuedChange(bytes, decodeHex(hashText) as Uint8Array, id, time)];
    }
    const clone = plan.on.clone(actor);
    try {
      writeCell(clone, container, key, value);
      const hashText = clone.commit(null, 0);
      const bytes = clone.getLastLocalChange();
      return hashText === null || bytes === null
        ? []
        : [admitReissuedChange(bytes, decodeHex(hashText) as Uint8Array, id, time)];
    } finally {
      clone.free();
    }
  }

  return {
    issue: (operation) => operation.writes.flatMap((write) => issueWrite(operation, write)),
    free() {
      if (first !== genesis) first.free();
      genesis.free();
    },
  };
}

interface PlannedWrite {
  readonly on: Backend;
  readonly key: string;
  readonly value: RegisterValue | null;
  /** The value stands there already. */
  readonly isPutBack?: boolean;
}

function planWrite(
  first: Backend,
  genesis: Backend,
  { container, key, value, replaced, isReplaced = false }: KeptWrite,
): PlannedWrite | null {
  const present = readWritten(first, container, key).map((written) => written.value);
  const shown = present.at(-1) ?? null;
  const register = container === "settings" ? null : splitKey(key);
  if (register?.register.startsWith(TOMBSTONE_PREFIX)) {
    if (value !== null) return shown === null ? { on: first, key, value } : null;
    const mark = RESTORED_PREFIX + register.register.slice(TOMBSTONE_PREFIX.length);
    const markKey = registerKey(register.id, mark);
    return readWritten(first, container, markKey).length > 0
      ? null
      : { on: first, key: markKey, value: true };
  }
  if (register?.register === CORE) {
    if (present.length === 0) return { on: first, key, value };
    return present.some((core) => sameRecord(core, value)) ? null : { on: genesis, key, value };
  }
  if (isReplaced) return null;
  const isAsItWas = present.length <= 1 && replaced.some((known) => sameHash(known, hashOf(shown)));
  if (value === null) return isAsItWas && shown !== null ? { on: first, key, value } : null;
  if (present.some((each) => sameValue(each, value))) {
    // It was put back over another value, which may still be issued again and must find the later word here.
    const isPutBack = present.length === 1 && !sameHash(replaced[0] ?? null, hashOf(value));
    // Bytes (Automerge encodes none by hand) stand beside what is there: equal values are shown once.
    return isPutBack ? { on: value instanceof Uint8Array ? genesis : first, key, value, isPutBack } : null;
  }
  return { on: isAsItWas ? first : genesis, key, value };
}

/** A put of the value that stands there: Automerge makes none of it when asked, and takes it like any other. */
function putBack(
  on: Backend,
  actor: ActorId,
  { container, key, value }: { container: KeptWrite["container"]; key: string; value: string | boolean },
) {
  const deps = on.getHeads();
  const below = deps.map((head) => on.getChangeMetaByHash(head)?.maxOp ?? 0);
  const pred = readWritten(on, container, key).map(({ operation }) => operation);
  const bytes = Automerge.encodeChange({
    actor,
    author: null,
    seq: 1,
    startOp: 1 + Math.max(...below),
    time: 0,
    message: null,
    deps,
    ops: [{ action: "set", obj: containerObject(container), key, value, pred }],
  });
  return { bytes, hashText: Automerge.decodeChange(bytes).hash };
}

const sameHeads = (heads: readonly Uint8Array[], backend: Backend): boolean =>
  heads.length === 1 && encodeHex(heads[0] as Uint8Array) === backend.getHeads()[0];

function sameValue(a: RegisterValue, b: RegisterValue): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? equalBytes(a, b) : a === b;
}
