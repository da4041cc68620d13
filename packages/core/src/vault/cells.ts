/**
 * The document's present values as plain maps, read out of WebAssembly once and then kept up to date key by key: 10 000 passkeys
 * are 30 000 keys, and asking for them one by one costs more than loading them. Never changed in place: a document and the one
 * made from it share what is equal.
 */
import { isImmutableString } from "@automerge/automerge";
import type { AdmittedOperation } from "./admit.ts";
import { type Backend, SETTINGS_KEY } from "./genesis.ts";
import { containerObject } from "./history.ts";
import { type PasskeyId, registerKey, type RegisterValue, splitKey } from "./schema.ts";

/** What stands under one passkey. Where devices wrote apart it is the value that Automerge picks, the same everywhere. */
export interface PasskeyCells {
  readonly registers: ReadonlyMap<string, RegisterValue>;
  /** Registers with more than one value. */
  readonly contested: ReadonlySet<string>;
}

export interface Cells {
  readonly passkeys: ReadonlyMap<PasskeyId, PasskeyCells>;
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

/** Everything at once. Values of a form that no admitted change can carry are left out. */
export function readCells(backend: Backend): Cells {
  const passkeys = new Map<PasskeyId, OpenPasskeyCells>();
  const settings = new Map<string, RegisterValue>();
  for (const patch of backend.diff([], backend.getHeads())) {
    const [container, key] = patch.path;
    if (patch.action !== "put" || patch.path.length !== 2 || typeof key !== "string") continue;
    const value = readValue(patch.value);
    if (value === null) continue;
    if (container === SETTINGS_KEY) {
      settings.set(key, value);
      continue;
    }
    const split = splitKey(key);
    if (split === null) continue;
    let cells = passkeys.get(split.id);
    if (cells === undefined) {
      cells = { registers: new Map(), contested: new Set() };
      passkeys.set(split.id, cells);
    }
    cells.registers.set(split.register, value);
    if (patch.conflict === true) cells.contested.add(split.register);
  }
  return { passkeys, settings };
}

/** `cells` after `operations` have been applied to `backend`. */
export function updateCells(cells: Cells, backend: Backend, operations: Iterable<AdmittedOperation>): Cells {
  const passkeys = new Map<PasskeyId, PasskeyCells>(cells.passkeys);
  const settings = new Map(cells.settings);
  const opened = new Map<PasskeyId, OpenPasskeyCells>();
  for (const { container, key } of operations) {
    const values = readWritten(backend, container, key);
    const value = values.at(-1)?.value;
    if (container === "settings") {
      setOrDelete(settings, key, value);
      continue;
    }
    const split = splitKey(key);
    if (split === null) continue;
    const own = opened.get(split.id) ?? openCells(passkeys.get(split.id));
    opened.set(split.id, own);
    setOrDelete(own.registers, split.register, value);
    if (values.length > 1) own.contested.add(split.register);
    else own.contested.delete(split.register);
  }
  for (const [id, own] of opened) {
    if (own.registers.size > 0) passkeys.set(id, own);
    else passkeys.delete(id);
  }
  return { passkeys, settings };
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
  shard: number,
  id: PasskeyId,
  register: string,
  heads?: readonly string[],
): WrittenValue[] => readWritten(backend, shard, registerKey(id, register), heads);

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
