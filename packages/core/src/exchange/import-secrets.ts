/**
 * The extensions' data of an imported passkey in the forms of the vault: PRF seeds (CTAP 2.2 § 12.7), credBlob (§ 12.2), large blob (WebAuthn L3
 * § 10.1.5). What has no such form is kept as it is and not offered.
 */
import {
  MAX_LARGE_BLOB_BYTES,
  MAX_LARGE_BLOB_ORIGINAL_BYTES,
  type LargeBlob,
} from "../authenticator/large-blob.ts";
import { measureInflated } from "../authenticator/inflated-length.ts";
import { concatBytes } from "../bytes/concat.ts";
import type { Random } from "../ports.ts";
import type { Draft, DraftLargeBlob, DraftPrf } from "./draft.ts";
import { encodeKept, type Provenance } from "./provenance.ts";
import type { Warning } from "./report.ts";

const SEED_BYTES = 32;
/** Longer keys HMAC-SHA-256 hashes first, shorter ones it fills with zeros (RFC 2104 § 2). */
const HMAC_BLOCK_BYTES = 64;
/** CTAP promises 32; the vault's record has room for some more. */
const MAX_CRED_BLOB_BYTES = 200;

export interface ImportSecrets {
  readonly prfSeeds: Uint8Array | null;
  readonly credBlob: Uint8Array | null;
  readonly largeBlob: LargeBlob | null;
  readonly kept: Pick<Provenance, "prf" | "credBlob" | "largeBlob">;
  readonly warnings: readonly Warning[];
}

export interface SecretsDeps {
  readonly random: Random;
  readonly sha256: (data: Uint8Array) => Uint8Array;
}

export function makeSecrets({ prf, credBlob, largeBlob }: Draft, deps: SecretsDeps): ImportSecrets {
  const seeds = prf === null ? null : makeSeeds(prf, deps);
  const blob = largeBlob === null ? null : makeLargeBlob(largeBlob);
  const isLongBlob = credBlob !== null && credBlob.length > MAX_CRED_BLOB_BYTES;
  return {
    prfSeeds: seeds?.seeds ?? null,
    credBlob: isLongBlob ? null : credBlob,
    largeBlob: blob?.blob ?? null,
    kept: {
      ...(prf !== null && seeds?.isKept === true ? { prf: keepPrf(prf) } : {}),
      ...(isLongBlob ? { credBlob: encodeKept(credBlob) } : {}),
      ...(largeBlob !== null && blob?.blob === null
        ? { largeBlob: { data: encodeKept(largeBlob.data), size: largeBlob.size } }
        : {}),
    },
    warnings: [
      ...(seeds?.warnings ?? []),
      ...(isLongBlob ? (["cred-blob-unusual"] as const) : []),
      ...(blob?.warnings ?? []),
    ],
  };
}

const keepPrf = ({ isKnown, withUv, withoutUv }: DraftPrf): NonNullable<Provenance["prf"]> => ({
  isKnown,
  withUv: encodeKept(withUv),
  withoutUv: withoutUv === null ? null : encodeKept(withoutUv),
});

interface Seeds {
  readonly seeds: Uint8Array | null;
  readonly isKept: boolean;
  readonly warnings: readonly Warning[];
}

/** One seed serves with user verification; for without, which the file does not have, a new one is drawn. */
function makeSeeds({ isKnown, withUv, withoutUv }: DraftPrf, deps: SecretsDeps): Seeds {
  if (!isKnown) return { seeds: null, isKept: true, warnings: ["prf-algorithm-unknown"] };
  const single = withoutUv === null ? (["prf-single-seed"] as const) : [];
  const parts = [withUv, withoutUv ?? deps.random(SEED_BYTES)];
  if (parts.every(({ length }) => length === SEED_BYTES))
    return { seeds: concatBytes(...parts), isKept: false, warnings: single };
  const fitted = parts.map((seed) => fitSeed(seed, deps.sha256));
  const isUsable = fitted.every((seed) => seed !== null);
  return {
    seeds: isUsable ? concatBytes(...fitted) : null,
    isKept: true,
    warnings: [...single, "prf-length-unusual"],
  };
}

/** A seed of 32 bytes with the same outputs under HMAC; there is none for 33 to 64 bytes. */
function fitSeed(seed: Uint8Array, sha256: SecretsDeps["sha256"]): Uint8Array | null {
  if (seed.length > HMAC_BLOCK_BYTES) return sha256(seed);
  return seed.length > SEED_BYTES ? null : concatBytes(seed, new Uint8Array(SEED_BYTES - seed.length));
}

interface Blob {
  readonly blob: LargeBlob | null;
  readonly warnings: readonly Warning[];
}

function makeLargeBlob({ data, size }: DraftLargeBlob): Blob {
  const isDeflated =
    size !== null && size >= 0 && measureInflated(data, MAX_LARGE_BLOB_ORIGINAL_BYTES) === size;
  if (isDeflated && data.length <= MAX_LARGE_BLOB_BYTES)
    return { blob: { blob: data, originalSize: size }, warnings: [] };
  const isPlain = !isDeflated && (size === null || data.length === size);
  const stored = isPlain ? storeDeflated(data) : null;
  if (stored === null || stored.length > MAX_LARGE_BLOB_BYTES)
    return { blob: null, warnings: ["large-blob-unreadable"] };
  return {
    blob: { blob: stored, originalSize: data.length },
    warnings: size === null ? [] : ["large-blob-uncompressed"],
  };
}

/** One stored block (RFC 1951 § 3.2.4); `null` for more than fits one. */
function storeDeflated(data: Uint8Array): Uint8Array | null {
  const { length } = data;
  if (length > 0xffff) return null;
  return concatBytes(
    Uint8Array.of(1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff),
    data,
  );
}
