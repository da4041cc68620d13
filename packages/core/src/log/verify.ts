/**
 * Receiving an entry, as a typestate: bytes → SealedEntry → VerifiedEntry → OpenedEntry. Each state can only be made from the one
 * before, by the check between them, so that unverified bytes cannot reach the vault: there is no way to write it down.
 *
 * Order of sync-protocol: size, canonical form, version and suite (SealedEntry); signature by the claimed device (VerifiedEntry);
 * seal, padding, body, epoch (OpenedEntry). Operations and dependencies of a change are the vault's part (`vault/admit.ts`).
 */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, tryOpenBytes } from "../crypto/aead.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import {
  type ChainTip,
  decodeHeader,
  decodeTip,
  encodeHeader,
  ENTRY_KINDS,
  type EntryBody,
  type EntryHeader,
  type EntryKind,
  hashEntry,
  RECORD_KINDS,
} from "./entry.ts";
import { ENTRY_SIZES, MAX_ENTRY_BYTES, unpadBytes } from "./padding.ts";

/** Devices in one vault; bounds `seen` and every loop over members. The relay's limit of tags in a room. */
export const MAX_DEVICES = 32;

const KIND_OF_NUMBER = new Map<number, EntryKind>(
  Object.entries(ENTRY_KINDS).map(([kind, number]) => [number, kind as EntryKind]),
);

/** Not exported, so nobody outside this file can call the constructors: a state is reached through its check or not at all. */
const CHECKED: unique symbol = Symbol("checked");

/** Well-formed, and nothing more: whoever made it may be anybody. */
export class SealedEntry {
  readonly header: EntryHeader;
  readonly hash: Uint8Array;
  /** The whole entry, as it came. */
  readonly bytes: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #ciphertext: Uint8Array;
  readonly #signature: Uint8Array;

  constructor(_: typeof CHECKED, bytes: Uint8Array, value: CborValue) {
    const fields = new Fields(value, "entry", 4);
    this.bytes = bytes;
    this.header = decodeHeader(fields.value());
    this.#nonce = fields.bytes("nonce", AEAD_NONCE_BYTES);
    this.#ciphertext = fields.bytes("ciphertext", { min: AEAD_TAG_BYTES + 1, max: MAX_ENTRY_BYTES });
    this.#signature = fields.bytes("signature", SIGNATURE_BYTES);
    this.hash = hashEntry(encodeHeader(this.header), this.#nonce, this.#ciphertext);
  }

  /** Throws `LK-ENTRY-TOO-LARGE` or `LK-ENTRY-MALFORMED`. */
  static decode(bytes: Uint8Array): SealedEntry {
    if (bytes.length > MAX_ENTRY_BYTES) {
      throw new VaultError("LK-ENTRY-TOO-LARGE", `entry is ${bytes.length} bytes, limit ${MAX_ENTRY_BYTES}`);
    }
    if (!(ENTRY_SIZES as readonly number[]).includes(bytes.length)) {
      throw new VaultError(
        "LK-ENTRY-MALFORMED",
        `entry is ${bytes.length} bytes, not one of ${ENTRY_SIZES.join(", ")}`,
      );
    }
    return readStructure("LK-ENTRY-MALFORMED", bytes, (value) => new SealedEntry(CHECKED, bytes, value));
  }

  /** Throws `LK-ENTRY-SIGNATURE` unless `entryPublicKey` signed it. The caller knows which device the tag stands for. */
  verify(entryPublicKey: Uint8Array): VerifiedEntry {
    const operands = [encodeHeader(this.header), this.#nonce, this.#ciphertext];
    if (!isSignedBy(entryPublicKey, this.#signature, LABELS.entrySignature, ...operands)) {
      throw new VaultError("LK-ENTRY-SIGNATURE", `entry ${this.header.seq} is not signed by its device`);
    }
    return new VerifiedEntry(CHECKED, this, (key) =>
      tryOpenBytes(key, LABELS.entrySeal, [encodeHeader(this.header)], {
        nonce: this.#nonce,
        ciphertext: this.#ciphertext,
      }),
    );
  }
}

/** Signed by the device that its tag names; what is inside is not known yet. */
export class VerifiedEntry {
  readonly sealed: SealedEntry;
  readonly #open: (key: Uint8Array) => Uint8Array | null;

  constructor(_: typeof CHECKED, sealed: SealedEntry, open: (key: Uint8Array) => Uint8Array | null) {
    this.sealed = sealed;
    this.#open = open;
  }

  /** Throws `LK-ENTRY-SEAL`, `LK-ENTRY-MALFORMED` or, for another epoch's entry, `LK-ENTRY-EPOCH`. */
  open(
    keys: { readonly entryKey: Uint8Array; readonly recordKey: Uint8Array },
    epochHash: Uint8Array,
  ): OpenedEntry {
    // Which of the two keys it is would tell a relay what an entry is for, so the header does not say: try both, in this order.
    const asContent = this.#open(keys.entryKey);
    const padded = asContent ?? this.#open(keys.recordKey);
    if (padded === null)
      throw new VaultError("LK-ENTRY-SEAL", `entry ${this.sealed.header.seq} does not open`);
    const content = unpadBytes(padded, "LK-ENTRY-MALFORMED");
    const body = readStructure("LK-ENTRY-MALFORMED", content, decodeBody);
    if (RECORD_KINDS.has(body.kind) !== (asContent === null)) {
      throw new VaultError("LK-ENTRY-MALFORMED", `entry of kind ${body.kind} is sealed under the wrong key`);
    }
    if (!equalBytes(body.epochHash, epochHash)) {
      throw new VaultError("LK-ENTRY-EPOCH", `entry ${this.sealed.header.seq} names another epoch`);
    }
    return new OpenedEntry(CHECKED, this.sealed, body);
  }
}

/** Signed, opened and of this epoch. Its place in the chain and what it does to the vault are still to be judged. */
export class OpenedEntry {
  readonly header: EntryHeader;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly seen: readonly ChainTip[];
  readonly kind: EntryKind;
  readonly payload: CborValue;
  /** Keeps an object literal from passing for one; the other states have private fields. */
  declare private readonly brand: "OpenedEntry";

  constructor(_: typeof CHECKED, sealed: SealedEntry, body: EntryBody) {
    this.header = sealed.header;
    this.hash = sealed.hash;
    this.bytes = sealed.bytes;
    this.seen = body.seen;
    this.kind = body.kind;
    this.payload = body.payload;
  }
}

function decodeBody(value: CborValue): EntryBody {
  const fields = new Fields(value, "entry body", 4);
  const epochHash = fields.bytes("epoch hash", HASH_BYTES);
  const seen = fields.list("seen", MAX_DEVICES, decodeTip);
  const kind = KIND_OF_NUMBER.get(fields.uint("kind"));
  if (kind === undefined) throw new VaultError("LK-ENTRY-MALFORMED", "entry kind is not known");
  return { epochHash, seen, kind, payload: fields.value() };
}
