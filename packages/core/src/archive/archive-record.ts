/**
 * The container in which logs leave a device: exports and backups. Entries and snapshots stand in it as they travel, sealed and signed; what
 * is added opens with the epoch's metadata root alone and shows nothing of a vault but sizes, and how many seals its epochs have.
 *
 *   archive = magic(8) ‖ record…
 *   record  = length u32 ‖ CBOR                                      1 to 262144 bytes of CBOR
 *   log     = [1, log id(16), seals, sealed epoch]                   seals: those of the epoch record, by which a member's keys find the roots
 *   part    = [2, bytes]                                             of the log's snapshot: 65536 bytes, the last one 1 to 65536
 *   entry   = [3, entry]
 *   end     = [4, number of logs, number of entries, chain(32)]
 *   sealed epoch = sealed epoch record entry                         under K_record, data = [archive-seal, log id]
 *   chain n = H(archive-chain, chain n-1, CBOR of record n)          chain 0 is 32 zeros
 *
 * Order: log, its parts, its entries, the next log, …, end. It holds no key. The chain finds accidents, not attacks: those the signatures
 * and seals inside find (`verify-archive.ts`).
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES } from "../crypto/aead.ts";
import { HASH_BYTES, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { VaultError } from "../errors.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import { MAX_ENTRY_BYTES } from "../log/padding.ts";
import { MAX_DEVICES } from "../log/verify.ts";
import type { EpochSeal } from "../membership/epoch-record.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";

/** What every archive begins with; the digit rises when the form changes. */
export const ARCHIVE_MAGIC: Uint8Array = encodeUtf8("LKARCH1\n");
/** One record: an epoch record with seals for 32 devices, twice, is about 160 KiB. */
export const MAX_ARCHIVE_RECORD_BYTES = 262_144;
/** Bytes of a snapshot in one record: it is written and read without a copy of the whole. */
export const ARCHIVE_PART_BYTES = 65_536;
/** Epochs in one archive: a device keeps the roots of no more. */
export const MAX_ARCHIVE_LOGS = 64;
const MAX_SEALED_EPOCH_BYTES = 131_072;
const LENGTH_BYTES = 4;

export type ArchiveRecord =
  | {
      readonly is: "log";
      readonly logId: Uint8Array;
      readonly seals: readonly EpochSeal[];
      /** nonce ‖ ciphertext. */
      readonly sealedEpoch: Uint8Array;
    }
  | { readonly is: "part"; readonly bytes: Uint8Array }
  | { readonly is: "entry"; readonly bytes: Uint8Array }
  | { readonly is: "end"; readonly logs: number; readonly entries: number; readonly chain: Uint8Array };

const TYPES = { log: 1, part: 2, entry: 3, end: 4 } as const;

export function encodeArchiveRecord(record: ArchiveRecord): Uint8Array {
  return encodeCbor([TYPES[record.is], ...fieldsOf(record)]);
}

function fieldsOf(record: ArchiveRecord): CborValue[] {
  switch (record.is) {
    case "log":
      return [record.logId, encodeSeals(record.seals), record.sealedEpoch];
    case "part":
    case "entry":
      return [record.bytes];
    case "end":
      return [record.logs, record.entries, record.chain];
  }
}

export const encodeSeals = (seals: readonly EpochSeal[]): CborValue =>
  seals.map(({ member, metadata, signing }) => [member, metadata, signing]);

/** Throws `LK-EXPORT-DAMAGED`. */
export function decodeArchiveRecord(bytes: Uint8Array): ArchiveRecord {
  return readStructure("LK-EXPORT-DAMAGED", bytes, (value) => {
    switch (Array.isArray(value) ? value[0] : null) {
      case TYPES.log:
        return readLog(afterType(value, 4));
      case TYPES.part:
        return {
          is: "part",
          bytes: afterType(value, 2).bytes("part", { min: 1, max: ARCHIVE_PART_BYTES }),
        };
      case TYPES.entry:
        return { is: "entry", bytes: afterType(value, 2).bytes("entry", { min: 1, max: MAX_ENTRY_BYTES }) };
      case TYPES.end: {
        const fields = afterType(value, 4);
        const logs = fields.uint("logs", MAX_ARCHIVE_LOGS);
        return { is: "end", logs, entries: fields.uint("entries"), chain: fields.bytes("chain", HASH_BYTES) };
      }
      default:
        throw new VaultError("LK-EXPORT-DAMAGED", "archive record is of no known type");
    }
  });
}

function afterType(value: CborValue, length: number): Fields {
  const fields = new Fields(value, "archive record", length);
  fields.uint("type");
  return fields;
}

function readLog(fields: Fields): ArchiveRecord {
  const logId = fields.bytes("log id", LOG_ID_BYTES);
  const seals = fields.list("seals", MAX_DEVICES, (item) => {
    const seal = new Fields(item, "archive seal", 3);
    return {
      member: seal.bytes("record hash", HASH_BYTES),
      metadata: seal.bytes("metadata seal", ROOT_SEAL_BYTES),
      signing: seal.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
    };
  });
  const least = AEAD_NONCE_BYTES + AEAD_TAG_BYTES + 1;
  const sealedEpoch = fields.bytes("sealed epoch", { min: least, max: MAX_SEALED_EPOCH_BYTES });
  return { is: "log", logId, seals, sealedEpoch };
}

/** The record as it stands in the archive, its length before it. */
export function frameRecord(record: Uint8Array): Uint8Array {
  if (record.length > MAX_ARCHIVE_RECORD_BYTES) {
    throw new VaultError(
      "LK-VAULT-LIMIT",
      `archive record is ${record.length} bytes, limit ${MAX_ARCHIVE_RECORD_BYTES}`,
    );
  }
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, record.length);
  return concatBytes(length, record);
}

/** Bytes of the record that `length` announces. Throws `LK-EXPORT-DAMAGED` beyond the limit. */
export function readRecordLength(length: Uint8Array): number {
  const size = new DataView(length.buffer, length.byteOffset, LENGTH_BYTES).getUint32(0);
  if (size === 0 || size > MAX_ARCHIVE_RECORD_BYTES) {
    throw new VaultError(
      "LK-EXPORT-DAMAGED",
      `archive record is ${size} bytes, limit ${MAX_ARCHIVE_RECORD_BYTES}`,
    );
  }
  return size;
}

export const FIRST_CHAIN: Uint8Array = new Uint8Array(HASH_BYTES);

/** The chain after one more record. */
export const extendChain = (chain: Uint8Array, record: Uint8Array): Uint8Array =>
  hash(LABELS.archiveChain, chain, record);
