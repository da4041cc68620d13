/**
 * The mark of a deletion, the value under `ID/tomb/OPERATION` (sync-protocol.md § 3): canonical CBOR
 * [claimed day, credential id that replaces it | null]. The day is its author's claim, for display: it decides nothing.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { MAX_CREDENTIAL_ID_BYTES } from "./credential-record.ts";

export interface Tombstone {
  /** Days since 1970, by the clock of the device that deleted. */
  readonly day: number;
  /** The credential id of the passkey that took its place at the site. */
  readonly replacedBy: Uint8Array | null;
}

export const encodeTombstone = (tombstone: Tombstone): Uint8Array =>
  encodeCbor([tombstone.day, tombstone.replacedBy]);

/** Throws `LK-VAULT-DAMAGED` for anything that `encodeTombstone` does not write. */
export function readTombstone(value: unknown): Tombstone {
  if (!(value instanceof Uint8Array)) throw new VaultError("LK-VAULT-DAMAGED", "tombstone is not bytes");
  return readStructure("LK-VAULT-DAMAGED", value, (item: CborValue) => {
    const fields = new Fields(item, "tombstone", 2);
    return {
      day: fields.uint("day"),
      replacedBy: fields.optional((f) => f.bytes("replaced by", { min: 1, max: MAX_CREDENTIAL_ID_BYTES })),
    };
  });
}
