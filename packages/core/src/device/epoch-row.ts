/**
 * Which epoch a device is in, as it keeps it for itself: the epoch record with its signatures, verified when it came.
 *
 *   row  meta / "epoch" = sealed [1, epoch record entry, hash of this device's member record(32), signing seal or null]
 *
 * The seal is there when the record has none for this device, because it came in later.
 */
import { encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { VaultError } from "../errors.ts";
import { type EpochClaim, readEpochClaim } from "../membership/epoch-record.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";

const VERSION = 1;
const KEY = encodeUtf8("epoch");

export interface EpochRow {
  readonly payload: CborValue;
  /** Under which this device's seals stand in the record. */
  readonly ownRecord: Uint8Array;
  readonly ownSeal: Uint8Array | null;
}

export function sealEpochRow(rows: LocalRows, row: EpochRow): RowChange {
  return rows.seal("meta", KEY, encodeCbor([VERSION, row.payload, row.ownRecord, row.ownSeal]));
}

/** Throws `LK-VAULT-DAMAGED` when the row is missing or damaged, both copies of it. */
export async function readEpochRow(
  store: DeviceStore,
  rows: LocalRows,
): Promise<EpochRow & { readonly epoch: EpochClaim }> {
  const row = await store.get("meta", KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) throw new VaultError("LK-VAULT-DAMAGED", "row of the epoch is missing or damaged");
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "epoch row", 4);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `epoch row version ${version}, known ${VERSION}`);
    const payload = fields.value();
    const ownRecord = fields.bytes("own record hash", HASH_BYTES);
    const ownSeal = fields.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES));
    return { payload, ownRecord, ownSeal, epoch: readEpochClaim(payload) };
  });
}
