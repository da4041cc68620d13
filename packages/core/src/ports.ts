/**
 * What core needs from a host. Core itself reads no clock, draws no randomness, touches no disk and opens no socket.
 */

/** Milliseconds since 1970. Used for what people are shown and for time limits; never for ordering or for security. */
export interface Clock {
  now(): number;
}

/** `length` cryptographically secure random bytes. */
export type Random = (length: number) => Uint8Array;

/** COSE algorithm identifiers (RFC 9053, RFC 8812): ES256, EdDSA on Ed25519, ES384, RS256. */
export type CoseAlgorithm = -7 | -8 | -35 | -257;

export interface CredentialKeyPair {
  /** PKCS#8 (RFC 5958). */
  readonly privateKey: Uint8Array;
  /** COSE_Key, canonical CBOR. */
  readonly publicKey: Uint8Array;
}

/** A private passkey key, ready to sign. Hosts keep the platform's own key object behind it. */
export interface SigningKey {
  /** The COSE_Key of the public half, canonical CBOR. */
  readonly publicKey: Uint8Array;
  /** Signature over `message` in WebAuthn's form: ASN.1 DER for ECDSA, 64 bytes for EdDSA, as long as the modulus for RSA. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * The public-key operations of passkeys and SHA-256. Core brings a portable one (`crypto/credential-key.ts`); a host may lend its
 * native one, which signs thirty times faster and loads nothing. Adapters run one contract suite.
 */
export interface CredentialCrypto {
  /** Those that it can really sign with: what getInfo names and relying parties may choose from. */
  readonly algorithms: readonly CoseAlgorithm[];
  sha256(data: Uint8Array): Uint8Array;
  /** A fresh key pair. Slow ones (RSA) are made aside: nobody else of the host waits for them. */
  makeKeyPair(algorithm: CoseAlgorithm): Promise<CredentialKeyPair>;
  /** Opens a PKCS#8 private key. Throws `LK-KEY-SECRET-REFUSED` if it is not one of this algorithm. */
  importKey(algorithm: CoseAlgorithm, privateKey: Uint8Array): SigningKey;
}

/** One side of a P-256 key agreement; the private half stays with the host. */
export interface AgreementKey {
  /** The uncompressed point, 65 bytes. */
  readonly point: Uint8Array;
  /** The x-coordinate that is shared with an uncompressed point, 32 bytes; `null` for bytes that are no point of the curve. */
  agree(point: Uint8Array): Uint8Array | null;
}

/**
 * What the PRF of passkeys and its way over CTAP need (CTAP 2.2 § 6.5.6, § 12.7). AES-256-CBC is without padding: data comes in whole
 * blocks of 16 bytes. Keys are 32 bytes, initialisation vectors 16.
 */
export interface SecretTransportCrypto {
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  makeAgreementKey(): AgreementKey;
  encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  decryptCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array;
}

/** The two halves of what a device can do: see and sync (`metadata`), sign and change who is a member (`signing`). */
export type Tier = "metadata" | "signing";

/**
 * Keeps the 32-byte key of each tier: behind a passphrase, Windows Hello, a phone's biometrics. Releasing the signing tier *is* a
 * user verification. Adapters run one contract suite.
 */
export interface KeyProtector {
  /** An opaque record from which only this protector gets the key back. */
  protect(tier: Tier, key: Uint8Array): Promise<Uint8Array>;
  /** The key. Throws `LK-KEY-PASSPHRASE-WRONG`, `LK-AUTH-DENIED` or `LK-KEY-DAMAGED`. */
  release(tier: Tier, protectedKey: Uint8Array): Promise<Uint8Array>;
}
