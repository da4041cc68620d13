/**
 * Who wrote what of one passkey, from the changes in the document: every register, each write of it, oldest first. Changes bear no time (a
 * clock is nobody's to trust), so the order is the document's: what rests on another stands after it, what was written apart has no order
 * of its own. An epoch's first document holds what there was and not who wrote it.
 */
import type { Backend } from "./genesis.ts";
import { findContainer } from "./history.ts";
import type { ActorId } from "./operation-id.ts";
import { CORE, credentialIdOf, deriveShard, type PasskeyId, type RegisterValue, splitKey } from "./schema.ts";

/** One write of one register. */
export interface PastWrite {
  /** The change's hash in hex: with the register it names the write. */
  readonly change: string;
  readonly register: string;
  /** `null`: the register was cleared. */
  readonly value: RegisterValue | null;
  readonly by: ActorId;
}

/** All writes of `id`, empty for a passkey that is not there. Reads every change of the document: some milliseconds a thousand. */
export function readPasskeyHistory(backend: Backend, id: PasskeyId): PastWrite[] {
  const credentialId = credentialIdOf(id);
  if (credentialId === null) return [];
  const shard = deriveShard(credentialId);
  const writes: PastWrite[] = [];
  for (const { hash, actor } of backend.getChangesMeta([])) {
    for (const operation of backend.getDecodedChangeByHash(hash)?.ops ?? []) {
      if (typeof operation.key !== "string" || findContainer(operation.obj) !== shard) continue;
      const split = splitKey(operation.key);
      if (split?.id !== id) continue;
      const value = operation.action === "del" ? null : readValue(operation.value);
      writes.push({ change: hash, register: split.register, value, by: actor as ActorId });
    }
  }
  return writes;
}

/** For each passkey the hash (hex) of the change that brought its record. */
export function readCreations(backend: Backend): ReadonlyMap<PasskeyId, string> {
  const creations = new Map<PasskeyId, string>();
  for (const { hash } of backend.getChangesMeta([])) {
    for (const { key } of backend.getDecodedChangeByHash(hash)?.ops ?? []) {
      const split = typeof key === "string" ? splitKey(key) : null;
      if (split?.register === CORE && !creations.has(split.id)) creations.set(split.id, hash);
    }
  }
  return creations;
}

/** Admitted changes carry nothing but these; whatever else came from a later version is shown as its bytes, which are none. */
function readValue(value: unknown): RegisterValue {
  if (typeof value === "string" || typeof value === "boolean" || value instanceof Uint8Array) return value;
  return new Uint8Array();
}
