/**
 * What happened to one passkey, for people (`latchkey passkey history`): which device changed what, and taking an earlier value back. A value is
 * taken back by writing it again: nothing of the history goes.
 */
import { VaultError } from "../errors.ts";
import { isFirstDocumentActor } from "../vault/first-document-actor.ts";
import { devicePrefixOf } from "../vault/operation-id.ts";
import type { PastWrite } from "../vault/passkey-history.ts";
import {
  CORE,
  isEditable,
  IMPORT_PREFIX,
  isSealed,
  PROVENANCE,
  type PasskeyId,
  type RegisterValue,
  RESTORED_PREFIX,
  TOMBSTONE_PREFIX,
} from "../vault/schema.ts";
import { listDeviceNames } from "./device-names.ts";
import type { Device } from "./device.ts";

/** Hex digits of a change's hash that are shown: enough to tell a passkey's changes apart. */
const CHANGE_DIGITS = 8;

export interface HistoryEvent {
  /** Names the change: the beginning of its hash. Several events may be of one change. */
  readonly change: string;
  readonly what: "created" | "set" | "cleared" | "deleted" | "restored";
  /** The register that was set or cleared, else `null`. */
  readonly field: string | null;
  /** What was set, for people; `null` where it was cleared or is sealed. */
  readonly value: string | boolean | null;
  /** The name of the device; `null` for what was there when the vault's keys were last changed, or a device that is gone. */
  readonly by: string | null;
  /** Whether it was there already when the present keys were made: who wrote it is not kept then. */
  readonly fromBefore: boolean;
  /** Whether `restoreEarlier` can write it again. */
  readonly canRestore: boolean;
}

/** Oldest first. Throws `LK-VAULT-NOT-FOUND` for a passkey that is not in the vault. */
export function describeHistory(device: Device, id: PasskeyId): HistoryEvent[] {
  const names = listDeviceNames(device);
  return readHistory(device, id)
    .filter(isTold)
    .map((write) => ({
      change: write.change.slice(0, CHANGE_DIGITS),
      ...describeWrite(write),
      by: isFirstDocumentActor(write.by) ? null : (names.get(devicePrefixOf(write.by)) ?? null),
      fromBefore: isFirstDocumentActor(write.by),
      canRestore: isPlain(write),
    }));
}

function readHistory(device: Device, id: PasskeyId): PastWrite[] {
  const history = device.state.document.historyOf(id);
  if (history.length === 0) throw new VaultError("LK-VAULT-NOT-FOUND", "passkey is not in this vault");
  return history;
}

function describeWrite({ register, value }: PastWrite): Pick<HistoryEvent, "what" | "field" | "value"> {
  const act = (what: HistoryEvent["what"]) => ({ what, field: null, value: null });
  if (register === CORE) return act("created");
  if (register.startsWith(TOMBSTONE_PREFIX)) return act(value === null ? "restored" : "deleted");
  if (register.startsWith(RESTORED_PREFIX)) return act("restored");
  if (value === null) return { what: "cleared", field: register, value };
  return { what: "set", field: register, value: value instanceof Uint8Array ? null : value };
}

/** Not what an import notes for itself. */
const isTold = ({ register }: PastWrite): boolean =>
  register !== PROVENANCE && !register.startsWith(IMPORT_PREFIX);

/** What a person set or cleared: not a record, a deletion or sealed bytes. */
const isPlain = ({ register, value }: PastWrite): boolean =>
  isEditable(register) &&
  !register.startsWith(IMPORT_PREFIX) &&
  !isSealed(register) &&
  !(value instanceof Uint8Array);

/**
 * Writes again what the change `change` (the beginning of its hash) wrote of this passkey: all its fields, or `field` alone. Returns the fields that
 * changed by it. Throws `LK-VAULT-NOT-FOUND` when no such change wrote anything that can be taken back, `LK-VAULT-AMBIGUOUS` when several fit.
 */
export async function restoreEarlier(
  device: Device,
  id: PasskeyId,
  change: string,
  field: string | null,
): Promise<readonly string[]> {
  const wanted = readHistory(device, id).filter(
    (write) =>
      isPlain(write) && write.change.startsWith(change) && (field === null || write.register === field),
  );
  const changes = new Set(wanted.map((write) => write.change));
  if (change === "" || changes.size === 0) {
    throw new VaultError(
      "LK-VAULT-NOT-FOUND",
      `no change ${change} of this passkey has a value to take back`,
    );
  }
  if (changes.size > 1)
    throw new VaultError("LK-VAULT-AMBIGUOUS", `${changes.size} changes begin with ${change}`);
  const { document } = device.state;
  const different = wanted.filter(({ register, value }) => {
    const present = document.valuesOf(id, register);
    return value === null ? present.length > 0 : present.length !== 1 || present[0] !== value;
  });
  await device.act(() => different.map(({ register, value }) => restore(id, register, value)));
  return different.map(({ register }) => register);
}

const restore = (id: PasskeyId, register: string, value: RegisterValue | null) =>
  value === null
    ? ({ type: "clear", id, register } as const)
    : ({ type: "put", id, register, value } as const);
