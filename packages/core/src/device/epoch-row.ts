/**
 * Which epoch a device is in, as it keeps it for itself: the epoch record with its signatures, verified when it came.
 *
 *   row  meta / "epoch" = sealed [1, epoch record entry, hash of this device's member record(32), signing seal or null]
 *
 * The seal is there when the record has none for this device, because it came in later. A sign-in needs the log alone: `epoch-log.ts`.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { type EpochClaim, readEpochClaim } from "../membership/epoch-record.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { EPOCH_ROW_KEY, EPOCH_ROW_VERSION, openEpochRow } from "./epoch-log.ts";

export interface EpochRow {
  readonly payload: CborValue;
  /** Under which this device's seals stand in the record. */
  readonly ownRecord: Uint8Array;
  readonly ownSeal: Uint8Array | null;
}

export function sealEpochRow(rows: LocalRows, row: EpochRow): RowChange {
  const fields = [EPOCH_ROW_VERSION, row.payload, row.ownRecord, row.ownSeal];
  return rows.seal("meta", EPOCH_ROW_KEY, encodeCbor(fields));
}

/** Throws `LK-VAULT-DAMAGED` when the row is missing or damaged, both copies of it. */
export const readEpochRow = (
  store: DeviceStore,
  rows: LocalRows,
): Promise<EpochRow & { readonly epoch: EpochClaim }> =>
  openEpochRow(store, rows, (fields) => {
    const payload = fields.value();
    const ownRecord = fields.bytes("own record hash", HASH_BYTES);
    const ownSeal = fields.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES));
    return { payload, ownRecord, ownSeal, epoch: readEpochClaim(payload) };
  });
