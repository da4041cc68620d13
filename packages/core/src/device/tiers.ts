/**
 * The two key tiers at rest. Each is sealed under a random 32-byte key of its own, and that key is what the host's protector guards
 * (passphrase, Windows Hello, a phone's biometrics). So a passphrase can change without touching what the tier holds.
 *
 *   row      = [1, protected key, nonce ‖ ciphertext]                                        meta/tier-metadata, meta/tier-signing
 *   metadata = [1, local key(32), entry seed(32), metadata KEM seed(32), [[log id, M], …]]
 *   signing  = [1, authority seed(32), secret KEM seed(32)]                                  its roots: `signing-roots.ts`
 *
 * The local key seals what this device keeps for itself (`local-rows.ts`); it stays the same across epochs.
 */
import { encodeUtf8 } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { AEAD_KEY_BYTES, joinSealed, openBytes, sealBytes, splitSealed } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { MetadataSeeds, SigningSeeds } from "../membership/device.ts";
import type { KeyProtector, Random, Tier } from "../ports.ts";
import type { DeviceStore, Row, RowChange } from "../storage/device-store.ts";
import { decodeRoot, encodeRoots, type EpochRoot, findRoot, MAX_EPOCHS } from "./epoch-root.ts";
import { readSigningRoots, type SigningRoots } from "./signing-roots.ts";

const VERSION = 1;
const SEED_BYTES = 32;
const MAX_PROTECTED_BYTES = 4_096;
const MAX_TIER_BYTES = 16_384;
export interface MetadataTier extends MetadataSeeds {
  readonly local: Uint8Array;
  readonly roots: readonly EpochRoot[];
}

export interface SigningTier extends SigningSeeds, SigningRoots {}

export const tierRowKey = (tier: Tier): Uint8Array => encodeUtf8(`tier-${tier}`);

/** The row that holds a new tier, its key given to `protector`. */
export async function sealMetadataTier(
  tier: MetadataTier,
  protector: KeyProtector,
  random: Random,
): Promise<RowChange> {
  const content = encodeCbor([VERSION, tier.local, tier.entry, tier.metadataKem, encodeRoots(tier.roots)]);
  return sealTier("metadata", content, protector, random);
}

export async function sealSigningTier(
  tier: SigningSeeds,
  protector: KeyProtector,
  random: Random,
): Promise<RowChange> {
  return sealTier("signing", encodeCbor([VERSION, tier.authority, tier.secretKem]), protector, random);
}

async function sealTier(
  tier: Tier,
  content: Uint8Array,
  protector: KeyProtector,
  random: Random,
): Promise<RowChange> {
  const key = random(AEAD_KEY_BYTES);
  try {
    const sealed = joinSealed(sealBytes(key, LABELS.tierSeal, [tier], content, random));
    const protectedKey = await protector.protect(tier, key);
    return makeTierRow(tier, protectedKey, sealed);
  } finally {
    wipe(key, content);
  }
}

export const makeTierRow = (tier: Tier, protectedKey: Uint8Array, sealed: Uint8Array): RowChange => ({
  table: "meta",
  key: tierRowKey(tier),
  value: encodeCbor([VERSION, protectedKey, sealed]),
});

/** Opens the metadata tier. Throws what the protector throws, or `LK-KEY-DAMAGED`. */
export async function openMetadataTier(store: DeviceStore, protector: KeyProtector): Promise<MetadataTier> {
  return openTier(store, "metadata", protector, (value) => {
    const fields = new Fields(value, "metadata tier", 5);
    checkVersion(fields.uint("version"));
    return {
      local: fields.bytes("local key", SEED_BYTES),
      entry: fields.bytes("entry seed", SEED_BYTES),
      metadataKem: fields.bytes("metadata KEM seed", SEED_BYTES),
      roots: fields.list("roots", MAX_EPOCHS, decodeRoot),
    };
  });
}

/** Opens the signing tier: a user verification. Throws what the protector throws, or `LK-KEY-DAMAGED`. */
export async function openSigningTier(store: DeviceStore, protector: KeyProtector): Promise<SigningTier> {
  const seeds = await openTier(store, "signing", protector, (value) => {
    const fields = new Fields(value, "signing tier", 3);
    checkVersion(fields.uint("version"));
    return {
      authority: fields.bytes("authority seed", SEED_BYTES),
      secretKem: fields.bytes("secret KEM seed", SEED_BYTES),
    };
  });
  return { ...seeds, ...(await readSigningRoots(store, seeds.authority)) };
}

/** A copy to keep while the caller wipes its own. */
export const copySigningTier = ({ authority, secretKem, roots, rooms }: SigningTier): SigningTier => ({
  authority: authority.slice(),
  secretKem: secretKem.slice(),
  roots: roots.map(({ logId, root }) => ({ logId, root: root.slice() })),
  rooms: rooms.map(({ logId, root }) => ({ logId, root: root.slice() })),
});

async function openTier<T>(
  store: DeviceStore,
  tier: Tier,
  protector: KeyProtector,
  read: (value: CborValue) => T,
): Promise<T> {
  const { protectedKey, sealed } = readTierRow(await store.get("meta", tierRowKey(tier)), tier);
  const key = await protector.release(tier, protectedKey);
  let content: Uint8Array | undefined;
  try {
    content = openBytes(
      key,
      LABELS.tierSeal,
      [tier],
      splitSealed(sealed, "LK-KEY-DAMAGED"),
      "LK-KEY-DAMAGED",
    );
    return readStructure("LK-KEY-DAMAGED", content, read);
  } finally {
    wipe(key, content ?? key);
  }
}

/** The parts of a tier's row: what the protector gave, and what is sealed under the key that it guards. Throws `LK-KEY-DAMAGED`. */
export function readTierRow(
  row: Row | null,
  tier: Tier,
): { readonly protectedKey: Uint8Array; readonly sealed: Uint8Array } {
  if (row === null || row.value === null)
    throw new VaultError("LK-KEY-DAMAGED", `row of the ${tier} tier is missing or damaged`);
  return readStructure("LK-KEY-DAMAGED", row.value, (value) => {
    const fields = new Fields(value, `${tier} tier row`, 3);
    checkVersion(fields.uint("version"));
    return {
      protectedKey: fields.bytes("protected key", { min: 1, max: MAX_PROTECTED_BYTES }),
      sealed: fields.bytes("sealed tier", { min: 1, max: MAX_TIER_BYTES }),
    };
  });
}

function checkVersion(version: number): void {
  if (version !== VERSION)
    throw new VaultError("LK-VAULT-NEWER", `tier version ${version}, known ${VERSION}`);
}

/** The root of this log. Throws `LK-KEY-DAMAGED`: a tier always has the roots of the logs its device is in. */
export function rootOf(tier: { readonly roots: readonly EpochRoot[] }, logId: Uint8Array): Uint8Array {
  const found = findRoot(tier.roots, logId);
  if (found === null) throw new VaultError("LK-KEY-DAMAGED", "tier has no root for this epoch");
  return found.root;
}

/** Overwrites the tier's secrets. */
export function wipeTier(tier: MetadataTier | SigningTier): void {
  for (const { root } of tier.roots) wipe(root);
  if ("local" in tier) wipe(tier.local, tier.entry, tier.metadataKem);
  else wipe(tier.authority, tier.secretKem, ...tier.rooms.map(({ root }) => root));
}
