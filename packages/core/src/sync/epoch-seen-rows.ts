/**
 * Every epoch record that this device has verified, kept for good: rivals are judged over all of them, and a record that was decided
 * about years ago may still meet another one.
 *
 *   row  meta / "epoch-seen/" ‖ epoch hash(32) = sealed [1, epoch record entry, hash of its maker's member record(32)]
 *   row  meta / "readmissions" = sealed [[epoch hash(32), own record hash(32), metadata seal, signing seal or null], …]
 *   row  meta / "choices" = sealed [epoch hash(32), …]
 */
import { concatBytes } from "../bytes/concat.ts";
import { decodeHex, encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { VaultError } from "../errors.ts";
import { readEpochClaim } from "../membership/epoch-record.ts";
import type { OwnReadmission } from "../membership/readmission.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { SeenEpoch } from "./replica-state.ts";

const VERSION = 1;
const PREFIX = encodeUtf8("epoch-seen/");

export function epochSeenRow(rows: LocalRows, epoch: SeenEpoch): RowChange {
  const plaintext = encodeCbor([VERSION, epoch.payload, epoch.makerRecord]);
  return rows.seal("meta", concatBytes(PREFIX, epoch.hash), plaintext);
}

/** All of them, by hash in hex. A damaged one is left out: it comes again with its entry. */
export async function readSeenEpochs(
  store: DeviceStore,
  rows: LocalRows,
): Promise<ReadonlyMap<string, SeenEpoch>> {
  const seen = new Map<string, SeenEpoch>();
  for (const row of await store.scan("meta", PREFIX)) {
    const plaintext = rows.open("meta", row);
    if (plaintext === null) continue;
    const epoch = readRow(plaintext);
    seen.set(encodeHex(epoch.hash), epoch);
  }
  return seen;
}

function readRow(plaintext: Uint8Array): SeenEpoch {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "epoch row", 3);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `epoch row version ${version}, known ${VERSION}`);
    const payload = fields.value();
    const makerRecord = fields.bytes("maker's record hash", HASH_BYTES);
    const { hash, record } = readEpochClaim(payload);
    return { hash, record, payload, makerRecord };
  });
}

const READMISSIONS_KEY = encodeUtf8("readmissions");
/** A device is readmitted when it was added while a record was made: hardly ever twice. */
const MAX_READMISSIONS = 64;

export function readmissionsRow(
  rows: LocalRows,
  readmissions: ReadonlyMap<string, OwnReadmission>,
): RowChange {
  const list = [...readmissions.values()].slice(-MAX_READMISSIONS);
  const plaintext = list.map((each) => [each.epochHash, each.ownRecord, each.metadataSeal, each.signingSeal]);
  return rows.seal("meta", READMISSIONS_KEY, encodeCbor(plaintext));
}

/** None when the row is missing or damaged: they come again with their entries. */
export async function readReadmissions(
  store: DeviceStore,
  rows: LocalRows,
): Promise<ReadonlyMap<string, OwnReadmission>> {
  const row = await store.get("meta", READMISSIONS_KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return new Map();
  const list = readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
    new Fields([value], "readmissions row", 1).list("readmissions", MAX_READMISSIONS, (item) => {
      const fields = new Fields(item, "readmission row", 4);
      return {
        epochHash: fields.bytes("epoch hash", HASH_BYTES),
        ownRecord: fields.bytes("own record hash", HASH_BYTES),
        metadataSeal: fields.bytes("metadata seal", ROOT_SEAL_BYTES),
        signingSeal: fields.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
      };
    }),
  );
  return new Map(list.map((each) => [encodeHex(each.epochHash), each]));
}

const CHOICES_KEY = encodeUtf8("choices");
const MAX_CHOICES = 64;

export const choicesRow = (rows: LocalRows, choices: ReadonlySet<string>): RowChange =>
  rows.seal("meta", CHOICES_KEY, encodeCbor([...choices].slice(-MAX_CHOICES).map((hash) => decodeHex(hash))));

/** None when the row is missing or damaged: the person is asked again. */
export async function readChoices(store: DeviceStore, rows: LocalRows): Promise<ReadonlySet<string>> {
  const row = await store.get("meta", CHOICES_KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return new Set();
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const list = new Fields([value], "choices row", 1).list("choices", MAX_CHOICES, (item) =>
      encodeHex(new Fields([item], "choice", 1).bytes("epoch hash", HASH_BYTES)),
    );
    return new Set(list);
  });
}
