/**
 * The document's present values as plain maps, read out of WebAssembly once and then kept up to date key by key: 10 000 passkeys
 * are 30 000 keys, and asking for them one by one costs more than loading them. Never changed in place: a document and the one
 * made from it share what is equal.
 */
import { isImmutableString } from "@automerge/automerge";
import type { AdmittedOperation } from "./admit.ts";
import { type Backend, SETTINGS_OBJECT, SHARD_OBJECTS } from "./genesis.ts";
import { containerObject, findLateWrites } from "./history.ts";
import {
  credentialIdOf,
  deriveShard,
  type PasskeyId,
  registerKey,
  type RegisterValue,
  splitKey,
} from "./schema.ts";

/** What stands under one passkey. Where devices wrote apart it is the value that Automerge picks, the same everywhere. */
export interface PasskeyCells {
  readonly registers: ReadonlyMap<string, RegisterValue>;
  /** Registers with more than one value. */
  readonly contested: ReadonlySet<string>;
}

export interface Cells {
  /** By shard, so that the next document copies one small map. */
  readonly shards: readonly ReadonlyMap<PasskeyId, PasskeyCells>[];
  readonly settings: ReadonlyMap<string, RegisterValue>;
}

/** One of the values that stand under a key, and who wrote it. */
export interface WrittenValue {
  readonly value: RegisterValue;
  /** `counter@actor`: names the write. */
  readonly operation: string;
}

interface OpenPasskeyCells extends PasskeyCells {
  readonly registers: Map<string, RegisterValue>;
  readonly contested: Set<string>;
}

/** What stands under `id`, if anything. */
export function findPasskeyCells(cells: Cells, id: PasskeyId): PasskeyCells | undefined {
  const credentialId = credentialIdOf(id);
  return credentialId === null ? undefined : cells.shards[deriveShard(credentialId)]?.get(id);
}

export function* eachPasskey(cells: Cells): Generator<[PasskeyId, PasskeyCells]> {
  for (const passkeys of cells.shards) yield* passkeys;
}

/** Everything at once. Values of a form that no admitted change can carry are left out. */
export function readCells(backend: Backend): Cells {
  const shards = SHARD_OBJECTS.map((object) => {
    const passkeys = new Map<PasskeyId, OpenPasskeyCells>();
    for (const [key, value] of readEntries(backend, object)) {
      const split = splitKey(key);
      if (split === null) continue;
      let own = passkeys.get(split.id);
      if (own === undefined) {
        own = { registers: new Map(), contested: new Set() };
        passkeys.set(split.id, own);
      }
      own.registers.set(split.register, value);
    }
    return passkeys;
  });
  for (const { container, key } of findLateWrites(backend)) {
    const split = splitKey(key);
    if (container === "settings" || split === null) continue;
    if (readWritten(backend, container, key).length > 1) {
      shards[container]?.get(split.id)?.contested.add(split.register);
    }
  }
  return { shards, settings: new Map(readEntries(backend, SETTINGS_OBJECT)) };
}

function* readEntries(backend: Backend, object: string): Generator<[string, RegisterValue]> {
  for (const [key, raw] of Object.entries(backend.materialize(object) as Record<string, unknown>)) {
    const value = readValue(raw);
    if (value !== null) yield [key, value];
  }
}

/** `cells` after `operations` have been applied to `backend`. */
export function updateCells(cells: Cells, backend: Backend, operations: Iterable<AdmittedOperation>): Cells {
  const shards = [...cells.shards];
  const opened = new Map<PasskeyId, OpenPasskeyCells>();
  const openedShards = new Map<number, Map<PasskeyId, PasskeyCells>>();
  const settings = new Map(cells.settings);
  for (const { container, key } of operations) {
    const values = readWritten(backend, container, key);
    const value = values.at(-1)?.value;
    if (container === "settings") {
      setOrDelete(settings, key, value);
      continue;
    }
    const split = splitKey(key);
    if (split === null) continue;
    const passkeys = openedShards.get(container) ?? new Map(shards[container]);
    openedShards.set(container, passkeys);
    shards[container] = passkeys;
    const own = opened.get(split.id) ?? openCells(passkeys.get(split.id));
    opened.set(split.id, own);
    setOrDelete(own.registers, split.register, value);
    if (values.length > 1) own.contested.add(split.register);
    else own.contested.delete(split.register);
    if (own.registers.size > 0) passkeys.set(split.id, own);
    else passkeys.delete(split.id);
  }
  return { shards, settings };
}

/** Puts a value under a key, or with `null` takes all away. */
export function writeCell(
  backend: Backend,
  container: number | "settings",
  key: string,
  value: RegisterValue | null,
): void {
  const object = containerObject(container);
  if (value === null) backend.delete(object, key);
  else if (typeof value === "string") backend.put(object, key, value, "str");
  else if (typeof value === "boolean") backend.put(object, key, value, "boolean");
  else backend.put(object, key, value, "bytes");
}

/** All values under a key, the one that Automerge picks last; as of `heads`, if given. */
export function readWritten(
  backend: Backend,
  container: number | "settings",
  key: string,
  heads?: readonly string[],
): WrittenValue[] {
  const object = containerObject(container);
  const all = heads === undefined ? backend.getAll(object, key) : backend.getAll(object, key, [...heads]);
  const written: WrittenValue[] = [];
  for (const [, raw, operation] of all) {
    const value = readValue(raw);
    if (value !== null && operation !== undefined) written.push({ value, operation });
  }
  return written;
}

/** The same for a register of a passkey. */
export const readWrittenRegister = (
  backend: Backend,
  id: PasskeyId,
  register: string,
  heads?: readonly string[],
): WrittenValue[] => {
  const shard = deriveShard(credentialIdOf(id) ?? new Uint8Array());
  return readWritten(backend, shard, registerKey(id, register), heads);
};

function readValue(value: unknown): RegisterValue | null {
  if (typeof value === "string" || typeof value === "boolean" || value instanceof Uint8Array) return value;
  return isImmutableString(value) ? value.val : null;
}

function openCells(cells: PasskeyCells | undefined): OpenPasskeyCells {
  return { registers: new Map(cells?.registers), contested: new Set(cells?.contested) };
}

function setOrDelete<K>(map: Map<K, RegisterValue>, key: K, value: RegisterValue | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
