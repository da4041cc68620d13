/**
 * Sealing a passkey's secrets anew, under another epoch's secret key. Where an operation is issued again, every device has to come to the
 * same bytes: there the nonce follows from key, place and secret, so that one nonce never meets two secrets.
 */
import type { CborValue } from "../cbor/codec.ts";
import { deriveKey } from "../crypto/hash.ts";
import { AEAD_NONCE_BYTES } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Random } from "../ports.ts";
import {
  type CredentialRecord,
  decodeCredentialRecord,
  encodeCredentialRecord,
  withoutSecrets,
} from "./credential-record.ts";
import {
  openCredBlob,
  openPrfSeeds,
  openPrivateKey,
  openRegister,
  sealCredBlob,
  sealPrfSeeds,
  sealPrivateKey,
  sealRegister,
} from "./credential-secret.ts";
import type { SealedRegister } from "./schema.ts";

/** From one secret key to another. Without `random` the result is the same whoever makes it. */
export interface SecretKeys {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly random: Random | null;
}

/** The record with each of its secrets sealed anew. Throws `LK-KEY-SECRET-REFUSED`, or `LK-VAULT-DAMAGED` for one of a newer version. */
export function resealRecord(bytes: Uint8Array, keys: SecretKeys): Uint8Array {
  const record = decodeCredentialRecord(bytes);
  const { from, to } = keys;
  const place = withoutSecrets(record);
  return encodeCredentialRecord({
    ...record,
    sealedPrivateKey: reseal(keys, [place, "private-key"], openPrivateKey(from, record), (secret, random) =>
      sealPrivateKey(to, record, secret, random),
    ),
    sealedPrfSeeds: resealOptional(keys, [place, "prf-seeds"], openPrfSeeds(from, record), (secret, random) =>
      sealPrfSeeds(to, record, secret, random),
    ),
    sealedCredBlob: resealOptional(keys, [place, "cred-blob"], openCredBlob(from, record), (secret, random) =>
      sealCredBlob(to, record, secret, random),
    ),
  });
}

/** The same for a sealed register of the passkey `record`. */
export function resealRegister(
  record: CredentialRecord,
  register: SealedRegister,
  sealed: Uint8Array,
  keys: SecretKeys,
): Uint8Array {
  const plaintext = openRegister(keys.from, record, register, sealed);
  const place = [withoutSecrets(record), register];
  return reseal(keys, place, plaintext, (secret, random) =>
    sealRegister(keys.to, record, register, secret, random),
  );
}

type Seal = (secret: Uint8Array, random: Random) => Uint8Array;

const resealOptional = (
  keys: SecretKeys,
  place: readonly CborValue[],
  secret: Uint8Array | null,
  seal: Seal,
): Uint8Array | null => (secret === null ? null : reseal(keys, place, secret, seal));

function reseal(
  { to, random }: SecretKeys,
  place: readonly CborValue[],
  secret: Uint8Array,
  seal: Seal,
): Uint8Array {
  const nonce: Random = () => deriveKey(to, LABELS.resealNonce, [...place, secret], AEAD_NONCE_BYTES);
  try {
    return seal(secret, random ?? nonce);
  } finally {
    wipe(secret);
  }
}
