/**
 * Roots of the epochs that a device came into after its first one. The tiers are sealed under keys that only the person opens, and an epoch
 * may come while nobody is there: so the metadata roots lie under the local key, which the metadata tier holds, and the signing roots
 * under a key from the authority seed, which the signing tier holds. A signing root waits in its seal until the tier is next opened.
 *
 *   row  meta / "metadata-roots" = sealed [[log id, M], …]
 *   meta / "signing-roots" = nonce ‖ ciphertext of [[log id, S], …] under KDF(authority seed, key-signing-roots, []), data = [signing-roots-seal]
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { joinSealed, openBytes, sealBytes, splitSealed } from "../crypto/aead.ts";
import { deriveKey } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { openRoot } from "../membership/seal.ts";
import type { Random } from "../ports.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { readEpochRow } from "./epoch-row.ts";
import { decodeRoot, type EpochRoot, MAX_EPOCHS, type MetadataTier, type SigningTier } from "./tiers.ts";

const METADATA_KEY = encodeUtf8("metadata-roots");
const SIGNING_KEY = encodeUtf8("signing-roots");

const encodeRoots = (roots: readonly EpochRoot[]): Uint8Array =>
  encodeCbor(roots.slice(-MAX_EPOCHS).map(({ logId, root }) => [logId, root]));

const readRoots = (plaintext: Uint8Array): EpochRoot[] =>
  readStructure("LK-KEY-DAMAGED", plaintext, (value) => [
    ...new Fields([value], "roots row", 1).list("roots", MAX_EPOCHS, decodeRoot),
  ]);

/** The row that keeps the metadata roots of `tier`. */
export function metadataRootsRow(rows: LocalRows, roots: readonly EpochRoot[]): RowChange {
  const plaintext = encodeRoots(roots);
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
  if (hasRoot(tier, logId)) return tier;
  const sealKey = deriveKey(tier.authority, LABELS.signingRootsKey);
  try {
    const kept = { ...tier, roots: joinRoots(tier.roots, await readSigningRoots(store, sealKey)) };
    if (hasRoot(kept, logId)) return kept;
    const seal = ownSeal ?? seals.find(({ member }) => equalBytes(member, ownRecord))?.signing;
    if (seal == null) return kept;
    const { secretKem } = deriveSigningKeys(tier);
    const root = openRoot(secretKem, { logId, member: ownRecord, root: "S" }, seal, signingCommitment);
    const complete = { ...kept, roots: [...kept.roots, { logId, root }] };
    await store.commit([signingRootsRow(sealKey, complete.roots, random)]);
    return complete;
  } finally {
    wipe(sealKey);
  }
}

/** The row that keeps the signing roots, for a device that made the epoch itself. */
export function sealSigningRoots(tier: SigningTier, roots: readonly EpochRoot[], random: Random): RowChange {
  const sealKey = deriveKey(tier.authority, LABELS.signingRootsKey);
  try {
    return signingRootsRow(sealKey, roots, random);
  } finally {
    wipe(sealKey);
  }
}

function signingRootsRow(sealKey: Uint8Array, roots: readonly EpochRoot[], random: Random): RowChange {
  const plaintext = encodeRoots(roots);
  try {
    const value = joinSealed(sealBytes(sealKey, LABELS.signingRootsSeal, [], plaintext, random));
    return { table: "meta", key: SIGNING_KEY, value };
  } finally {
    wipe(plaintext);
  }
}

async function readSigningRoots(store: DeviceStore, sealKey: Uint8Array): Promise<EpochRoot[]> {
  const row = await store.get("meta", SIGNING_KEY);
  if (row?.value == null) return [];
  const sealed = splitSealed(row.value, "LK-KEY-DAMAGED");
  const plaintext = openBytes(sealKey, LABELS.signingRootsSeal, [], sealed, "LK-KEY-DAMAGED");
  try {
    return readRoots(plaintext);
  } finally {
    wipe(plaintext);
  }
}

const hasRoot = (tier: SigningTier, logId: Uint8Array): boolean =>
  tier.roots.some((entry) => equalBytes(entry.logId, logId));

function joinRoots(roots: readonly EpochRoot[], later: readonly EpochRoot[]): EpochRoot[] {
  return [...roots, ...later.filter(({ logId }) => !roots.some((known) => equalBytes(known.logId, logId)))];
}
