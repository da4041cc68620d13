/**
 * The signing roots of a device: in a row of their own, since an epoch may come, and an old root go, while nobody opens the tier anew. Sealed under
 * a key from the authority seed, which the signing tier holds.
 *
 *   meta / "signing-roots" = nonce ‖ ciphertext of [[[log id, S], …], [[log id, seed of the room authority key], …]] under KDF(authority seed, key-signing-roots, []), data = [signing-roots-seal]
 *
 * The seeds are what is left of roots that were let go (`let-roots-go.ts`): rooms that were left are still pinned in and emptied.
 */
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { joinSealed, openBytes, sealBytes, splitSealed } from "../crypto/aead.ts";
import { deriveKey } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Random } from "../ports.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { decodeRoot, encodeRoots, type EpochRoot, MAX_EPOCHS } from "./epoch-root.ts";

const KEY = encodeUtf8("signing-roots");

export interface SigningRoots {
  readonly roots: readonly EpochRoot[];
  /** Seeds of room authority keys. */
  readonly rooms: readonly EpochRoot[];
}

export function sealSigningRoots(
  authoritySeed: Uint8Array,
  { roots, rooms }: SigningRoots,
  random: Random,
): RowChange {
  const key = deriveKey(authoritySeed, LABELS.signingRootsKey);
  const plaintext = encodeCbor([encodeRoots(roots), encodeRoots(rooms)]);
  try {
    const value = joinSealed(sealBytes(key, LABELS.signingRootsSeal, [], plaintext, random));
    return { table: "meta", key: KEY, value };
  } finally {
    wipe(key, plaintext);
  }
}

/** None where the row is missing or damaged: the present one comes out of its seal again. Throws `LK-KEY-DAMAGED` for bytes of another key. */
export async function readSigningRoots(store: DeviceStore, authoritySeed: Uint8Array): Promise<SigningRoots> {
  const row = await store.get("meta", KEY);
  if (row?.value == null) return { roots: [], rooms: [] };
  const key = deriveKey(authoritySeed, LABELS.signingRootsKey);
  const sealed = splitSealed(row.value, "LK-KEY-DAMAGED");
  const plaintext = openBytes(key, LABELS.signingRootsSeal, [], sealed, "LK-KEY-DAMAGED");
  try {
    return readStructure("LK-KEY-DAMAGED", plaintext, (value) => {
      const fields = new Fields(value, "signing roots row", 2);
      const roots = fields.list("roots", MAX_EPOCHS, decodeRoot);
      return { roots, rooms: fields.list("rooms", MAX_EPOCHS, decodeRoot) };
    });
  } finally {
    wipe(key, plaintext);
  }
}
