/**
 * Roots of the epochs that a device came into after its first one. The metadata tier is sealed under a key that only the person opens, and an
 * epoch may come while nobody is there: so these metadata roots lie under the local key, which the tier holds. A signing root waits in its seal
 * until the signing tier is next opened (`signing-roots.ts`).
 *
 *   row  meta / "metadata-roots" = sealed [[log id, M], …]
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { wipe } from "../crypto/wipe.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { openRoot } from "../membership/seal.ts";
import type { Random } from "../ports.ts";
import { readLateSeal } from "../sync/late-seal.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { decodeRoot, encodeRoots, type EpochRoot, findRoot, joinRoots, MAX_EPOCHS } from "./epoch-root.ts";
import { readEpochRow } from "./epoch-row.ts";
import { sealSigningRoots } from "./signing-roots.ts";
import type { MetadataTier, SigningTier } from "./tiers.ts";

const METADATA_KEY = encodeUtf8("metadata-roots");

const readRoots = (plaintext: Uint8Array): EpochRoot[] =>
  readStructure("LK-KEY-DAMAGED", plaintext, (value) => [
    ...new Fields([value], "roots row", 1).list("roots", MAX_EPOCHS, decodeRoot),
  ]);

/** The row that keeps the metadata roots of `tier`. */
export function metadataRootsRow(rows: LocalRows, roots: readonly EpochRoot[]): RowChange {
  const plaintext = encodeCbor(encodeRoots(roots));
  try {
    return rows.seal("meta", METADATA_KEY, plaintext);
  } finally {
    wipe(plaintext);
  }
}

/** The tier with the roots of later epochs. */
export async function withLaterRoots(
  store: DeviceStore,
  rows: LocalRows,
  tier: MetadataTier,
): Promise<MetadataTier> {
  const row = await store.get("meta", METADATA_KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  return plaintext === null ? tier : { ...tier, roots: joinRoots(tier.roots, readRoots(plaintext)) };
}

/**
 * The signing tier with the root of the present epoch, taken out of its seal and kept when it is opened for that epoch the first time.
 * Throws `LK-EPOCH-SEAL` or `LK-KEY-DAMAGED`. A device on probation has no seal: then the root is not there.
 */
export async function completeSigningTier(
  store: DeviceStore,
  rows: LocalRows,
  tier: SigningTier,
  random: Random,
): Promise<SigningTier> {
  const { epoch, ownRecord, ownSeal } = await readEpochRow(store, rows);
  const { logId, seals, signingCommitment } = epoch.record;
  if (findRoot(tier.roots, logId) !== null) return tier;
  const seal =
    ownSeal ??
    seals.find(({ member }) => equalBytes(member, ownRecord))?.signing ??
    (await readLateSeal(store, rows, logId));
  if (seal == null) return tier;
  const { secretKem } = deriveSigningKeys(tier);
  const root = openRoot(secretKem, { logId, member: ownRecord, root: "S" }, seal, signingCommitment);
  const complete = { ...tier, roots: [...tier.roots, { logId, root }] };
  await store.commit([sealSigningRoots(tier.authority, complete, random)]);
  return complete;
}
