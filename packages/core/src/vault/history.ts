/**
 * Whether an admitted change fits the history that it names. Automerge applies more than it can save again: a wrong operation
 * number, a sequence number without its predecessor, or a replaced value of *another key* (which silently deletes that key, a
 * `core` too) leave a document that cannot be loaded. All of it follows from the change and its dependencies, so every device
 * judges alike. Asked after the change was applied to a clone: the history below it is the same then.
 */
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import type { AdmittedChange, AdmittedOperation } from "./admit.ts";
import type { BackendLine } from "./backend-line.ts";
import { type Backend, SETTINGS_OBJECT, SHARD_OBJECTS } from "./genesis.ts";

/** The object id of a container. */
export const containerObject = (container: number | "settings"): string =>
  container === "settings" ? SETTINGS_OBJECT : (SHARD_OBJECTS[container] as string);

/** The container behind an object id, or `null` for an object that is none. */
export function findContainer(object: string): number | "settings" | null {
  if (object === SETTINGS_OBJECT) return "settings";
  const shard = SHARD_OBJECTS.indexOf(object);
  return shard < 0 ? null : shard;
}

/** Which of its dependencies `backend` lacks, hex. */
export const findMissing = (backend: Backend, change: AdmittedChange): string[] =>
  change.dependencies.filter((hash) => backend.getChangeMetaByHash(hash) === null);

/** Throws `LK-ENTRY-CHANGE` when the change was not made on what it depends on. */
export function checkFit(backend: Backend, change: AdmittedChange): void {
  const below = change.dependencies.map(
    (hash) => backend.getChangeMetaByHash(hash) ?? refuse(change, "depends on a change that is not here"),
  );
  const start = 1 + below.reduce((highest, { maxOp }) => Math.max(highest, maxOp), 0);
  if (change.startOperation !== start)
    refuse(change, `starts at operation ${change.startOperation}, not ${start}`);
  // Its maker always depends on its own previous change, beside the heads.
  const previous = below.find(({ actor }) => actor === change.actor)?.seq ?? 0;
  if (change.seq !== previous + 1) refuse(change, `is number ${change.seq} of its actor after ${previous}`);
  for (const operation of change.operations) checkReplaced(backend, change, operation);
}

/**
 * Throws `LK-ENTRY-CHANGE` unless `changes`, applied since `heads`, come out as they went in. Automerge keeps operations, not bytes: a
 * change that it would write in another form has another hash after the next load. Asked for together, for each look reads on.
 */
export function checkForm(
  backend: Backend,
  heads: readonly string[],
  changes: readonly AdmittedChange[],
): void {
  const kept = new Set(backend.getChanges([...heads]).map(encodeHex));
  for (const change of changes) {
    if (!kept.has(encodeHex(change.bytes))) refuse(change, "is not in the form that Automerge writes");
  }
}

/**
 * A write replaces exactly what its maker could see under that key. A delete may leave some of it: keeping the value that is shown of
 * several deletes the others, which is how Automerge writes a put of what is there already.
 */
function checkReplaced(backend: Backend, change: AdmittedChange, operation: AdmittedOperation): void {
  const visible = backend
    .getAll(containerObject(operation.container), operation.key, [...change.dependencies])
    .map(([, , operationId]) => operationId);
  const sawAll = operation.replaces.every((id) => visible.includes(id));
  const replacesAll = visible.length === operation.replaces.length || operation.value === null;
  if (!sawAll || !replacesAll) {
    refuse(
      change,
      `replaces other values of ${operation.container === "settings" ? "a setting" : "a register"} than it saw`,
    );
  }
}

function refuse(change: AdmittedChange, problem: string): never {
  throw new VaultError("LK-ENTRY-CHANGE", `change ${change.hash.slice(0, 8)} ${problem}`);
}

/**
 * The keys that can hold more than one value. Of two changes made apart the one further down in the history does not lead to all
 * that stands above it; only the keys of such changes are looked at, for asking about every key takes longer than loading.
 */
export function* findLateWrites(
  backend: Backend,
): Generator<{ container: number | "settings"; key: string }> {
  const heads = new Set<string>();
  for (const { hash, deps } of backend.getChangesMeta([])) {
    for (const dependency of deps) heads.delete(dependency);
    heads.add(hash);
    if (heads.size === 1) continue;
    for (const { obj, key } of backend.getDecodedChangeByHash(hash)?.ops ?? []) {
      const container = findContainer(obj);
      if (container !== null) yield { container, key };
    }
  }
}

/** Which change an Automerge operation belongs to. Built when somebody asks: most documents are never asked. */
export class ChangeIndex {
  readonly #line: BackendLine;
  #byActor: Map<
    string,
    { readonly startOp: number; readonly maxOp: number; readonly hash: string }[]
  > | null = null;

  constructor(line: BackendLine) {
    this.#line = line;
  }

  /** The hash of the change that holds the operation `counter@actor`. */
  findChange(operation: string): string {
    const [counter, actor = ""] = operation.split("@");
    const number = Number(counter);
    this.#byActor ??= Map.groupBy(this.#line.open().getChangesMeta([]), (meta) => meta.actor);
    const found = this.#byActor
      .get(actor)
      ?.find(({ startOp, maxOp }) => startOp <= number && number <= maxOp);
    if (found === undefined) throw new TypeError(`operation ${operation} belongs to no change`);
    return found.hash;
  }
}
