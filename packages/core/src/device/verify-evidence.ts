/**
 * Checking a file of evidence (`relay-evidence.ts`) without the vault, its keys or a network: what is proven by the bytes alone, and what is
 * only said.
 *
 * | kind                           | proven to anybody                                                  | said by the device alone                   |
 * | ------------------------------ | ------------------------------------------------------------------ | ------------------------------------------ |
 * | "two-entries"                  | one key signed two entries with one number: a copy of it exists    | –                                          |
 * | "altered-copy"                 | the bytes are not what the named device signed                     | that a relay handed them out, and not who altered them |
 * | "acknowledged-without-storing" | the named entries exist, each signed by its author                 | that the relay acknowledged them and did not give them back |
 * | "rolled-back"                  | –                                                                  | all of it                                  |
 *
 * A relay signs nothing: an acknowledgement can be made up by whoever holds the file. So it is the device's word, which it cannot take back:
 * the statement is signed by its key. An entry may also be missing because a member purged the room.
 */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES, SIGNING_PUBLIC_KEY_BYTES } from "../crypto/signature.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import { MAX_ENTRY_BYTES } from "../log/padding.ts";
import { SealedEntry } from "../log/verify.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { INSTANCE_ID_BYTES } from "../relay-protocol/handshake.ts";
import { EVIDENCE_KINDS, EVIDENCE_VERSION, type EvidenceKind, MAX_CLAIMS } from "./relay-evidence.ts";

/** Larger than a file of all notes, altered copies and pairs that a device keeps. */
export const MAX_EVIDENCE_BYTES = 268_435_456;
const MAX_EVIDENCE = 1_024;
const MAX_ORIGIN_LENGTH = 300;
const MAX_INCARNATIONS = 64;

export interface ProvenEntry {
  readonly cursor: number | null;
  readonly hash: Uint8Array;
  readonly seq: number;
  readonly author: Uint8Array;
}

export interface VerifiedEvidence {
  readonly kind: EvidenceKind;
  /** By the device's clock. */
  readonly at: number;
  /** `null` where it is of no relay in particular. */
  readonly origin: string | null;
  readonly instanceId: Uint8Array;
  readonly logId: Uint8Array;
  readonly highest: number;
  readonly head: number;
  /** The entry public key of the device whose statement it is. */
  readonly device: Uint8Array;
  readonly entries: readonly ProvenEntry[];
}

/** All evidence in a file. Throws `LK-RELAY-EVIDENCE` unless every statement is signed and shows what its kind says that it shows. */
export function verifyEvidence(file: Uint8Array): VerifiedEvidence[] {
  if (file.length > MAX_EVIDENCE_BYTES) {
    throw new VaultError(
      "LK-RELAY-EVIDENCE",
      `evidence is ${file.length} bytes, limit ${MAX_EVIDENCE_BYTES}`,
    );
  }
  return readStructure("LK-RELAY-EVIDENCE", file, (value) => {
    const fields = new Fields(value, "evidence file", 2);
    checkVersion(fields.uint("version"));
    return fields.list("evidence", MAX_EVIDENCE, readEvidence);
  });
}

function readEvidence(value: CborValue): VerifiedEvidence {
  const fields = new Fields(value, "evidence", 3);
  const statement = fields.value();
  const device = fields.bytes("device", SIGNING_PUBLIC_KEY_BYTES);
  const signature = fields.bytes("signature", SIGNATURE_BYTES);
  if (!isSignedBy(device, signature, LABELS.evidenceSignature, statement)) {
    throw new VaultError("LK-RELAY-EVIDENCE", "statement is not signed by the device that it names");
  }
  const parts = new Fields(statement, "statement", 9);
  checkVersion(parts.uint("version"));
  const kind = kindOf(parts.text("kind", 64));
  const at = parts.uint("time");
  const origin = parts.text("origin", MAX_ORIGIN_LENGTH);
  const instanceId = parts.bytes("instance id", INSTANCE_ID_BYTES);
  const logId = parts.bytes("log id", LOG_ID_BYTES);
  const highest = parts.uint("highest cursor");
  const head = parts.uint("head");
  const isAltered = kind === "altered-copy";
  const entries = parts.list("claims", MAX_CLAIMS, (item) => readClaim(item, logId, isAltered));
  checkKind(kind, entries, highest, head);
  return {
    kind,
    at,
    origin: origin === "" ? null : origin,
    instanceId,
    logId,
    highest,
    head,
    device,
    entries,
  };
}

function kindOf(text: string): EvidenceKind {
  const kind = EVIDENCE_KINDS.find((known) => known === text);
  if (kind === undefined) throw new VaultError("LK-RELAY-EVIDENCE", "statement is of no known kind");
  return kind;
}

/** The author signed the entry, or, for an altered copy, did not. */
function readClaim(item: CborValue, logId: Uint8Array, isAltered: boolean): ProvenEntry {
  const fields = new Fields(item, "claim", 3);
  const cursor = fields.optional((f) => f.uint("cursor"));
  const author = fields.bytes("author", SIGNING_PUBLIC_KEY_BYTES);
  const sealed = decodeEntry(fields.bytes("entry", { min: 1, max: MAX_ENTRY_BYTES }));
  const { header, hash } = sealed;
  if (!equalBytes(header.logId, logId) || !isTagOf(header.deviceTag, author, logId)) {
    throw new VaultError(
      "LK-RELAY-EVIDENCE",
      `entry ${header.seq} is not of the device and log that are named`,
    );
  }
  if (isSigned(sealed, author) === isAltered) {
    const problem = isAltered ? "is signed by its device after all" : "is not signed by its device";
    throw new VaultError("LK-RELAY-EVIDENCE", `entry ${header.seq} ${problem}`);
  }
  return { cursor, hash, seq: header.seq, author };
}

function decodeEntry(bytes: Uint8Array): SealedEntry {
  try {
    return SealedEntry.decode(bytes);
  } catch (error) {
    if (!isVaultError(error)) throw error;
    throw new VaultError("LK-RELAY-EVIDENCE", error.message, { cause: error });
  }
}

/** A device has one tag for each incarnation in a log. */
function isTagOf(tag: Uint8Array, author: Uint8Array, logId: Uint8Array): boolean {
  return Array.from({ length: MAX_INCARNATIONS }).some((_, incarnation) =>
    equalBytes(deriveDeviceTag(author, logId, incarnation), tag),
  );
}

function isSigned(sealed: SealedEntry, author: Uint8Array): boolean {
  try {
    sealed.verify(author);
    return true;
  } catch (error) {
    if (isVaultError(error, "LK-ENTRY-SIGNATURE")) return false;
    throw error;
  }
}

function checkKind(kind: EvidenceKind, entries: readonly ProvenEntry[], highest: number, head: number): void {
  const shows = {
    "acknowledged-without-storing": () =>
      entries.length > 0 && entries.every(({ cursor }) => cursor !== null),
    "rolled-back": () => entries.length === 0 && head < highest,
    "altered-copy": () => entries.length === 1,
    "two-entries": () => isPair(entries),
  }[kind];
  if (!shows()) throw new VaultError("LK-RELAY-EVIDENCE", `statement does not show what ${kind} says`);
}

/** Two entries with one number under one key. */
const isPair = ([first, second, ...more]: readonly ProvenEntry[]): boolean =>
  first !== undefined &&
  second !== undefined &&
  more.length === 0 &&
  first.seq === second.seq &&
  equalBytes(first.author, second.author) &&
  !equalBytes(first.hash, second.hash);

function checkVersion(version: number): void {
  if (version !== EVIDENCE_VERSION)
    throw new VaultError("LK-RELAY-EVIDENCE", `evidence version ${version}, known ${EVIDENCE_VERSION}`);
}
