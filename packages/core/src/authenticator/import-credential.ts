/**
 * Takes in a passkey that was made elsewhere, with its private key as PKCS#8. The person is asked as for a new one. What the relying party
 * knows of it stays as it is: id, public key, user handle and the backup flags (WebAuthn L3 § 6.1.3: BE never changes).
 *
 * What does not come along: a signature counter. Ours is 0 for ever, and a relying party that has seen a higher one may refuse.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { isVaultError, VaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto } from "../ports.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import type { Cancellation } from "./cancellation.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { UserProof } from "./user-verifier.ts";

/** WebAuthn L3 § 4, Credential ID. */
const MAX_CREDENTIAL_ID_BYTES = 1023;
/** WebAuthn L3 § 5.4.3. */
const MAX_USER_HANDLE_BYTES = 64;
/** A DNS name. */
const MAX_RP_ID_LENGTH = 253;

/** A passkey as another authenticator hands it over. Names are for people and may be missing. */
export interface ForeignCredential {
  readonly id: Uint8Array;
  readonly rpId: string;
  readonly userHandle: Uint8Array;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly discoverable: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  /** PKCS#8; wiped. */
  readonly privateKey: Uint8Array;
}

/**
 * Durable when it resolves; `null` for a passkey that is here already, which stays as it is. Throws `LK-KEY-SECRET-REFUSED` for a key that
 * this host cannot sign with, `LK-VAULT-LIMIT` for what no passkey may be, and what verifier and store throw.
 */
export async function importCredential<P extends UserProof>(
  { crypto, clock, store, verifier }: Pick<AuthenticatorHost<P>, "crypto" | "clock" | "store" | "verifier">,
  { privateKey, ...foreign }: ForeignCredential,
  cancellation: Cancellation,
): Promise<CredentialSource | null> {
  try {
    checkLengths(foreign);
    const source: CredentialSource = {
      ...foreign,
      ...readKey(crypto, privateKey),
      rpName: null,
      protection: 1,
      backedUp: foreign.backupEligible && foreign.backedUp,
      createdAt: clock.now(),
    };
    const { rpId, userName, userDisplayName } = source;
    const { proof } = await verifier.verify(
      {
        operation: "make-credential",
        rpId,
        rpName: null,
        userName,
        userDisplayName,
        excluded: null,
        verification: true,
      },
      cancellation,
    );
    if ((await store.findByRpId(rpId)).some(({ id }) => equalBytes(id, source.id))) return null;
    await store.create({ source, privateKey, prfSeeds: null, credBlob: null, replaces: [] }, proof);
    return source;
  } finally {
    wipe(privateKey);
  }
}

function checkLengths({ id, rpId, userHandle, discoverable }: Omit<ForeignCredential, "privateKey">): void {
  const lengths = [
    { what: "credential id", length: id.length, min: 1, max: MAX_CREDENTIAL_ID_BYTES },
    { what: "rp id", length: rpId.length, min: 1, max: MAX_RP_ID_LENGTH },
    // What is never found by its account may come without one.
    { what: "user handle", length: userHandle.length, min: discoverable ? 1 : 0, max: MAX_USER_HANDLE_BYTES },
  ];
  for (const { what, length, min, max } of lengths) {
    if (length < min || length > max) {
      throw new VaultError("LK-VAULT-LIMIT", `${what} is ${length} long, ${min} to ${max} expected`);
    }
  }
}

/** PKCS#8 names no COSE algorithm, but a key of one is none of another. */
function readKey(
  crypto: CredentialCrypto,
  privateKey: Uint8Array,
): { readonly algorithm: CoseAlgorithm; readonly publicKey: Uint8Array } {
  for (const algorithm of crypto.algorithms) {
    try {
      return { algorithm, publicKey: crypto.importKey(algorithm, privateKey).publicKey };
    } catch (error) {
      if (!isVaultError(error, "LK-KEY-SECRET-REFUSED")) throw error;
    }
  }
  throw new VaultError("LK-KEY-SECRET-REFUSED", "private key is of no algorithm that is supported here");
}
