/**
 * The log of the epoch that a device is in, out of its row (`epoch-row.ts`) without reading the record's members and seals: a sign-in needs
 * no more of it, and loads nothing for the rest.
 */
import { encodeUtf8 } from "../bytes/text.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { ROOM_ID_BYTES } from "../relay-protocol/room-id.ts";
import type { DeviceStore } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";

export const EPOCH_ROW_VERSION = 1;
export const EPOCH_ROW_KEY = encodeUtf8("epoch");

/** What `read` makes of the row's fields after its version. Throws `LK-VAULT-DAMAGED` when the row is missing or damaged, both copies of it. */
export async function openEpochRow<T>(
  store: DeviceStore,
  rows: LocalRows,
  read: (fields: Fields) => T,
): Promise<T> {
  const row = await store.get("meta", EPOCH_ROW_KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) throw new VaultError("LK-VAULT-DAMAGED", "row of the epoch is missing or damaged");
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "epoch row", 4);
    const version = fields.uint("version");
    if (version !== EPOCH_ROW_VERSION)
      throw new VaultError("LK-VAULT-NEWER", `epoch row version ${version}, known ${EPOCH_ROW_VERSION}`);
    return read(fields);
  });
}

/** The log id, 16 bytes: the record's sixth field. Throws as `openEpochRow`. */
export const readEpochLog = (store: DeviceStore, rows: LocalRows): Promise<Uint8Array> =>
  openEpochRow(store, rows, (row) => {
    const record = new Fields(row.value(), "epoch record entry", 4).value();
    const fields = new Fields(record, "epoch record", 15);
    for (const _ of ["version", "number", "parent", "reason", "purged"]) fields.value();
    return fields.bytes("log id", ROOM_ID_BYTES);
  });
