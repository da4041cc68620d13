/**
 * The recovery page (sync-protocol.md § 9): a secret of 160 bits on paper that is a member, and not a device. Its four seeds derive from the secret,
 * so the record that makes it a member looks like any other but for its mark. It is never counted among devices, writes membership alone, and
 * what it makes gives way to what a device made (`rivals.ts`).
 *
 *   seed of a page = KDF(page secret(20), key-page, [which])      which: "entry", "metadata-kem", "authority" or "secret-kem"
 */
import { deriveKey } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import type { EntryKind } from "../log/entry.ts";
import type { MetadataSeeds, SigningSeeds } from "./device.ts";

export const PAGE_SECRET_BYTES = 20;

/** Stands in an epoch record in the place of a page's seniority: no device is younger. */
export const PAGE_SENIORITY = 0xffff_ffff;

/** What a page may write: who found one can change who is a member, for everybody to see, and nothing in the vault. */
export const PAGE_KINDS: ReadonlySet<EntryKind> = new Set(["member", "epoch-record"]);

/** All of a page's keys. The caller wipes secret and seeds. */
export function derivePageSeeds(secret: Uint8Array): {
  readonly metadata: MetadataSeeds;
  readonly signing: SigningSeeds;
} {
  const seed = (which: string): Uint8Array => deriveKey(secret, LABELS.pageKeys, [which]);
  return {
    metadata: { entry: seed("entry"), metadataKem: seed("metadata-kem") },
    signing: { authority: seed("authority"), secretKem: seed("secret-kem") },
  };
}
