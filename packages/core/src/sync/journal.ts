/**
 * The journal: this device's own operations, and those of others that it answers for (`device/left-operations.ts`), path by path, with what each
 * replaced and where it was put. From it they are issued again when an epoch ends without them, or when the one that they were put into loses (sync-protocol.md § 6).
 *
 *   row  journal / session(8) ‖ number u64 = sealed [1, operation id, Lamport time, [[container, key, value, replaced hash], …], [epoch hash, …], log id(16)]
 *
 * The Lamport time is the number of its first Automerge operation; the epochs are those in whose logs it stands; the log is the one under
 * whose `K_secret` its secrets are sealed.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import { MAX_ENTRY_BYTES } from "../log/padding.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { type OperationId, operationIdFields, readOperationId } from "../vault/operation-id.ts";
import type { OperationSet } from "../vault/operation-set.ts";
import { hashReplaced, type KeptOperation, type KeptWrite } from "../vault/reissue.ts";
import type { Write } from "../vault/operations.ts";
import { type PasskeyId, type RegisterValue, SHARDS, splitKey } from "../vault/schema.ts";
import { encodePosition } from "./replica-rows.ts";

const VERSION = 1;
const MAX_WRITES = 1_024;
/** Epochs that one operation was put into: it is put again only where the one before it lost or ended without it. */
const MAX_PLACEMENTS = 1_024;
const MAX_KEY_LENGTH = 2_048;

export interface JournalEntry {
  readonly operation: KeptOperation;
  readonly placements: readonly Uint8Array[];
  /** Log id. */
  readonly sealedIn: Uint8Array;
}

/** The writes of an edit as the journal keeps them. */
export const keepWrites = (writes: readonly Write[]): KeptWrite[] =>
  writes.map(({ container, key, value, replaced }) => ({
    container,
    key,
    value,
    replaced: [replaced === null ? null : hashReplaced(replaced)],
  }));

export const journalKey = ({ session, number }: OperationId): Uint8Array =>
  concatBytes(session, encodePosition(number));

export function journalRow(rows: LocalRows, { operation, placements, sealedIn }: JournalEntry): RowChange {
  const { id, time, writes } = operation;
  const plaintext = encodeCbor([
    VERSION,
    operationIdFields(id),
    time,
    writes.map(({ container, key, value, replaced }) => [container, key, value, replaced[0] ?? null]),
    placements,
    sealedIn,
  ]);
  try {
    return rows.seal("journal", journalKey(id), plaintext);
  } finally {
    wipe(plaintext);
  }
}

/**
 * Own operations that neither the epoch's first document nor its log has, in the order of their making. A damaged row is one that cannot
 * be issued again: its entry is, as a rule, with the others.
 */
export async function readUncovered(
  store: DeviceStore,
  rows: LocalRows,
  epochHash: Uint8Array,
  applied: OperationSet,
): Promise<JournalEntry[]> {
  return (await readJournal(store, rows)).filter(
    ({ operation, placements }) =>
      !placements.some((placement) => equalBytes(placement, epochHash)) && !applied.has(operation.id),
  );
}

/** All own operations that are kept. */
export async function readJournal(store: DeviceStore, rows: LocalRows): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const row of await store.scan("journal")) {
    const plaintext = rows.open("journal", row);
    if (plaintext !== null) entries.push(readRow(plaintext));
  }
  return entries;
}

/** The rows of own operations without what they did to these passkeys; those that did nothing else go. */
export async function purgeJournal(
  store: DeviceStore,
  rows: LocalRows,
  purged: readonly PasskeyId[],
): Promise<RowChange[]> {
  if (purged.length === 0) return [];
  const ids = new Set<string>(purged);
  const changes: RowChange[] = [];
  for (const row of await store.scan("journal")) {
    const plaintext = rows.open("journal", row);
    if (plaintext === null) continue;
    const entry = readRow(plaintext);
    const { operation } = entry;
    const writes = operation.writes.filter(({ key }) => !ids.has(splitKey(key)?.id ?? ""));
    if (writes.length === operation.writes.length) continue;
    const left = { ...entry, operation: { ...operation, writes } };
    changes.push(
      writes.length > 0 ? journalRow(rows, left) : { table: "journal", key: row.key, value: null },
    );
  }
  return changes;
}

function readRow(plaintext: Uint8Array): JournalEntry {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "journal row", 6);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `journal row version ${version}, known ${VERSION}`);
    const id = readOperationId(fields.value());
    const time = fields.uint("time");
    const writes = fields.list("writes", MAX_WRITES, readWrite);
    const placements = fields.list("placements", MAX_PLACEMENTS, (item) =>
      new Fields([item], "placement", 1).bytes("epoch hash", HASH_BYTES),
    );
    const sealedIn = fields.bytes("log id", LOG_ID_BYTES);
    return { operation: { id, time, writes }, placements, sealedIn };
  });
}

function readWrite(value: CborValue): KeptWrite {
  const fields = new Fields(value, "write", 4);
  return {
    container: readContainer(fields.value()),
    key: fields.text("key", MAX_KEY_LENGTH),
    value: readValue(fields.value()),
    replaced: [fields.optional((f) => f.bytes("replaced", HASH_BYTES))],
  };
}

function readContainer(value: CborValue): number | "settings" {
  if (value === "settings") return value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < SHARDS) return value;
  throw new VaultError("LK-CBOR-INVALID", "write is in no container");
}

function readValue(value: CborValue): RegisterValue | null {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Uint8Array && value.length <= MAX_ENTRY_BYTES) return value;
  throw new VaultError("LK-CBOR-INVALID", "write has no value that a vault holds");
}
