/**
 * Imports as batches: what came in together can go out together, for 24 hours. A batch stands among the vault's settings before its first passkey
 * does, so one that was broken off is known, and can be undone or gone on with by importing the file again.
 *
 *   setting  import / 16 hex digits = [1, at ms, format, how many were to come]
 */
import { encodeHex } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { nextOperationId, writeChanges } from "../sync/write-entry.ts";
import { eachPasskey } from "../vault/cells.ts";
import type { VaultOperation } from "../vault/operations.ts";
import { IMPORT_PREFIX, type PasskeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";

/** How long an import can be undone as a whole. */
export const UNDO_MS = 24 * 60 * 60 * 1000;
/** A batch of which nothing can be undone is forgotten by a later import. */
const FORGET_MS = 30 * UNDO_MS;
const VERSION = 1;
const ID_BYTES = 8;
/** Tombstones in one change: 1 024 operations are the limit, and some 150 bytes each. */
const DELETIONS = 256;

export interface ImportBatch {
  readonly id: string;
  /** Milliseconds since 1970, by the clock of the device that imported. */
  readonly at: number;
  readonly format: string;
  /** How many passkeys were to come in. */
  readonly planned: number;
  /** Those of them that are here and not deleted. */
  readonly present: readonly PasskeyId[];
  readonly canUndo: boolean;
}

/** Newest first. */
export function listImports(device: Device): ImportBatch[] {
  const { document } = device.state;
  const now = device.deps.clock.now();
  const marked = new Map<string, PasskeyId[]>();
  for (const [id, { registers }] of eachPasskey(document.cells())) {
    for (const register of registers.keys()) {
      if (!register.startsWith(IMPORT_PREFIX)) continue;
      const batch = register.slice(IMPORT_PREFIX.length);
      if (document.get(id)?.state === "live") marked.set(batch, [...(marked.get(batch) ?? []), id]);
    }
  }
  return [...document.settings()]
    .flatMap(([name, value]) => {
      const batch = name.startsWith(IMPORT_PREFIX) ? readBatch(value) : null;
      if (batch === null) return [];
      const id = name.slice(IMPORT_PREFIX.length);
      return [{ ...batch, id, present: marked.get(id) ?? [], canUndo: now - batch.at < UNDO_MS }];
    })
    .sort((a, b) => b.at - a.at);
}

function readBatch(value: unknown): Pick<ImportBatch, "at" | "format" | "planned"> | null {
  if (!(value instanceof Uint8Array)) return null;
  try {
    return readStructure("LK-VAULT-DAMAGED", value, (item) => {
      const fields = new Fields(item, "import", 4);
      if (fields.uint("version") !== VERSION) return null;
      return { at: fields.uint("at"), format: fields.text("format", 64), planned: fields.uint("planned") };
    });
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}

/** Begins a batch; forgets old ones. Returns its id. */
export async function beginImport(device: Device, format: string, planned: number): Promise<string> {
  const id = encodeHex(device.deps.random(ID_BYTES));
  const at = device.deps.clock.now();
  await device.act(() => [
    ...listImports(device)
      .filter((batch) => at - batch.at > FORGET_MS)
      .map((batch): VaultOperation => ({ type: "clear-setting", name: IMPORT_PREFIX + batch.id })),
    {
      type: "put-setting",
      name: IMPORT_PREFIX + id,
      value: encodeCbor([VERSION, at, format, planned]),
    },
  ]);
  return id;
}

/**
 * Takes a batch back: its passkeys go to the trash, and nothing else is touched. Saved when it resolves; broken off, it is done again. `id`: the
 * newest when `null`. Throws `LK-IMPORT-BATCH`.
 */
export async function undoImport(device: Device, id: string | null): Promise<ImportBatch> {
  const batch = listImports(device).find((each) => each.canUndo && (id === null || each.id === id));
  if (batch === undefined) throw new VaultError("LK-IMPORT-BATCH", "no import of the last 24 hours is here");
  for (let at = 0; at < batch.present.length; at += DELETIONS) {
    const part = batch.present.slice(at, at + DELETIONS);
    await device.step((state) => {
      const operation = nextOperationId(device.context, state);
      const deletions = part
        .filter((passkey) => state.document.get(passkey)?.state === "live")
        .map((passkey): VaultOperation => ({
          type: "delete",
          id: passkey,
          operation,
          day: device.today(),
          replacedBy: null,
        }));
      return deletions.length === 0 ? null : writeChanges(device.context, state, [deletions]);
    });
  }
  await device.act(() => [{ type: "clear-setting", name: IMPORT_PREFIX + batch.id }]);
  return batch;
}
