/**
 * The seal of the signing root that came when this device's probation ended: it waits here until the signing tier is next opened.
 *
 *   row  meta / "late-seal" = sealed [log id, signing seal]
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";

const KEY = encodeUtf8("late-seal");

export const lateSealRow = (rows: LocalRows, logId: Uint8Array, seal: Uint8Array): RowChange =>
  rows.seal("meta", KEY, encodeCbor([logId, seal]));

/** The seal for this log, or `null`: also when the row is damaged, for a log that is replayed brings it again. */
export async function readLateSeal(
  store: DeviceStore,
  rows: LocalRows,
  logId: Uint8Array,
): Promise<Uint8Array | null> {
  const row = await store.get("meta", KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return null;
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "late seal row", 2);
    const of = fields.bytes("log id", LOG_ID_BYTES);
    const seal = fields.bytes("signing seal", ROOT_SEAL_BYTES);
    return equalBytes(of, logId) ? seal : null;
  });
}
