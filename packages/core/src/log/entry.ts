/**
 * The entry: one change of one device as it is stored, sent, relayed and backed up. The same bytes everywhere.
 *
 *   entry  = [header, nonce(24), ciphertext, signature(64)]                         canonical CBOR, padded to a size class
 *   header = [1, suite, logId(16), deviceTag(8), seq, prev(32)]                     what a relay sees
 *   body   = [epochHash(32), seen, kind, payload]                                   sealed in the ciphertext
 *   seen   = [[deviceTag(8), seq, entryHash(32)], …]                                sorted by tag
 *
 *   ciphertext = XChaCha20-Poly1305(K_entry or K_record, nonce, pad(body), aad = [entry-seal, header])
 *   signature  = Ed25519(device entry key, [entry-signature, header, nonce, ciphertext])
 *   entry hash = H(entry-hash, header, nonce, ciphertext)
 *
 * `seq` counts a device's entries in this log from 1; `prev` is the hash of its entry before, zeros at 1. Suite 1 is the only one:
 * another is refused, never negotiated. Reading (`verify.ts`) takes an entry through states of which none can be skipped.
 */
import { compareBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, sealBytes } from "../crypto/aead.ts";
import { HASH_BYTES, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { SIGNATURE_BYTES, type SigningKeyPair, signOperands } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import { ENTRY_SIZES, padBytes } from "./padding.ts";

export const ENTRY_VERSION = 1;
export const ENTRY_SUITE = 1;
export const LOG_ID_BYTES = 16;
export const DEVICE_TAG_BYTES = 8;
/** `prev` of a device's first entry. */
export const NO_ENTRY: Uint8Array = new Uint8Array(HASH_BYTES);

/** What an entry carries. The number is what stands in the body. */
export const ENTRY_KINDS = {
  change: 1,
  beacon: 2,
  ack: 3,
  member: 4,
  "epoch-record": 5,
  restart: 6,
  audit: 7,
  reissue: 8,
  readmission: 9,
  approval: 10,
} as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

/** Membership is sealed under its own key, which is kept longer than the content's. */
export const RECORD_KINDS: ReadonlySet<EntryKind> = new Set([
  "member",
  "epoch-record",
  "restart",
  "readmission",
  "approval",
]);

export interface EntryHeader {
  readonly logId: Uint8Array;
  readonly deviceTag: Uint8Array;
  /** From 1. */
  readonly seq: number;
  readonly prev: Uint8Array;
}

/** How far a device's chain has been seen. */
export interface ChainTip {
  readonly deviceTag: Uint8Array;
  readonly seq: number;
  readonly hash: Uint8Array;
}

export interface EntryBody {
  readonly epochHash: Uint8Array;
  readonly seen: readonly ChainTip[];
  readonly kind: EntryKind;
  readonly payload: CborValue;
}

export function encodeHeader(header: EntryHeader): CborValue {
  return [ENTRY_VERSION, ENTRY_SUITE, header.logId, header.deviceTag, header.seq, header.prev];
}

export function decodeHeader(value: CborValue): EntryHeader {
  const fields = new Fields(value, "entry header", 6);
  const version = fields.uint("version");
  const suite = fields.uint("suite");
  if (version !== ENTRY_VERSION || suite !== ENTRY_SUITE) {
    throw new VaultError(
      "LK-ENTRY-MALFORMED",
      `entry version ${version} suite ${suite}, only 1 and 1 are known`,
    );
  }
  const logId = fields.bytes("log id", LOG_ID_BYTES);
  const deviceTag = fields.bytes("device tag", DEVICE_TAG_BYTES);
  const seq = fields.uint("seq");
  const prev = fields.bytes("prev", HASH_BYTES);
  if (seq === 0) throw new VaultError("LK-ENTRY-MALFORMED", "entry seq is 0, it counts from 1");
  return { logId, deviceTag, seq, prev };
}

export function encodeTip(tip: ChainTip): CborValue {
  return [tip.deviceTag, tip.seq, tip.hash];
}

export function decodeTip(value: CborValue): ChainTip {
  const fields = new Fields(value, "chain tip", 3);
  return {
    deviceTag: fields.bytes("device tag", DEVICE_TAG_BYTES),
    seq: fields.uint("seq"),
    hash: fields.bytes("entry hash", HASH_BYTES),
  };
}

export function hashEntry(header: CborValue, nonce: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return hash(LABELS.entryHash, header, nonce, ciphertext);
}

export interface MadeEntry {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * Seals and signs one entry. Throws `LK-ENTRY-TOO-LARGE` when the body does not fit the largest size class; the caller then writes
 * several smaller changes.
 */
export function makeEntry(
  header: EntryHeader,
  body: EntryBody,
  keys: { readonly sealKey: Uint8Array; readonly signer: SigningKeyPair },
  random: Random,
): MadeEntry {
  const headerValue = encodeHeader(header);
  const seen = [...body.seen].sort((a, b) => compareBytes(a.deviceTag, b.deviceTag)).map(encodeTip);
  const content = encodeCbor([body.epochHash, seen, ENTRY_KINDS[body.kind], body.payload]);
  const plaintext = padBytes(content, paddedLength(headerValue, content.length));
  const { nonce, ciphertext } = sealBytes(keys.sealKey, LABELS.entrySeal, [headerValue], plaintext, random);
  const signature = signOperands(keys.signer, LABELS.entrySignature, headerValue, nonce, ciphertext);
  return {
    bytes: encodeCbor([headerValue, nonce, ciphertext, signature]),
    hash: hashEntry(headerValue, nonce, ciphertext),
  };
}

/** The length of the padded body that makes the whole entry exactly one of the size classes. */
function paddedLength(header: CborValue, contentLength: number): number {
  // A byte string of 256 to 65535 bytes has 3 bytes in front, and all classes lie in that range.
  const frame = 1 + encodeCbor(header).length + (2 + AEAD_NONCE_BYTES) + 3 + (2 + SIGNATURE_BYTES);
  for (const size of ENTRY_SIZES) {
    const length = size - frame - AEAD_TAG_BYTES;
    if (contentLength < length) return length;
  }
  throw new VaultError("LK-ENTRY-TOO-LARGE", `entry body of ${contentLength} bytes fits no size`);
}
