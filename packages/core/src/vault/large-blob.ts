/**
 * The large blob of a passkey (CTAP 2.2 § 12.3 in the per-credential form), the value under `ID/large-blob`: it may be written anew, so
 * it is no part of the record. Sealed as the record's secrets are; of two written apart the vault takes one.
 *
 *   large blob = [blob, original size]     the blob as its client compressed it, and its length before that
 */
import { type LargeBlob, MAX_LARGE_BLOB_BYTES } from "../authenticator/large-blob.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Random } from "../ports.ts";
import type { CredentialSource } from "./credential-record.ts";
import { openRegister, sealRegister } from "./credential-secret.ts";
import { LARGE_BLOB } from "./schema.ts";

/** The value for the register `large-blob`. `secretKey` is `K_secret`. */
export function sealLargeBlob(
  secretKey: Uint8Array,
  source: CredentialSource,
  { blob, originalSize }: LargeBlob,
  random: Random,
): Uint8Array {
  const plaintext = encodeCbor([blob, originalSize]);
  const sealed = sealRegister(secretKey, source, LARGE_BLOB, plaintext, random);
  wipe(plaintext);
  return sealed;
}

/** Throws `LK-KEY-SECRET-REFUSED` or `LK-VAULT-DAMAGED`. */
export function openLargeBlob(
  secretKey: Uint8Array,
  source: CredentialSource,
  sealed: Uint8Array,
): LargeBlob {
  const plaintext = openRegister(secretKey, source, LARGE_BLOB, sealed);
  try {
    return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
      const fields = new Fields(value, "large blob", 2);
      return {
        blob: fields.bytes("blob", { min: 0, max: MAX_LARGE_BLOB_BYTES }),
        originalSize: fields.uint("original size"),
      };
    });
  } finally {
    wipe(plaintext);
  }
}
