/**
 * One line of the activity log: what a device did, signed by its entry key and chained to its line before (sync-protocol.md § 10).
 *
 *   line      = [number, prev(32), ms since 1970, kind, subject(16) or null, count or null, word or null]
 *   line hash = H(audit-line, device entry public key(32), line)
 *   signature = Ed25519(device entry key, [audit-signature, line hash])
 *   subject   = KDF(K_audit, audit-subject, [id], 16)       id: a credential id, or another device's entry public key
 *
 * `number` counts a device's lines from 1, `prev` is the hash of the line before, zeros at 1. `kind` is one of `AUDIT_KINDS`, or a newer
 * version's; `word` is one word of ours such as the name of a field or a format. Never a challenge, a key, a site, an account or anybody's text.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { deriveKey, HASH_BYTES, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES, type SigningKeyPair, signOperands } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import type { AuditKind } from "./audit-kinds.ts";

export const SUBJECT_BYTES = 16;
/** `prev` of a device's first line. */
export const NO_LINE: Uint8Array = new Uint8Array(HASH_BYTES);
/** A kind, or a word. */
export const AUDIT_WORD = /^[a-z][a-z0-9-]{0,31}$/;
const MAX_WORD = 32;

/** What was done, before it is a line. */
export interface AuditFact {
  readonly kind: AuditKind;
  /** Milliseconds since 1970, by this device's clock. */
  readonly at: number;
  /** A credential id, or another device's entry public key: kept as a keyed id only. */
  readonly id?: Uint8Array;
  readonly count?: number;
  /** As `AUDIT_WORD`. */
  readonly word?: string;
}

export interface AuditLine {
  readonly number: number;
  readonly prev: Uint8Array;
  readonly at: number;
  /** Of `AUDIT_KINDS`, or a newer version's. */
  readonly kind: string;
  readonly subject: Uint8Array | null;
  readonly count: number | null;
  readonly word: string | null;
}

/** A line with its signature, not judged yet. */
export interface SignedLine {
  readonly line: AuditLine;
  readonly signature: Uint8Array;
}

export const deriveAuditKey = (metadataRoot: Uint8Array): Uint8Array =>
  deriveKey(metadataRoot, LABELS.auditKey);

export const deriveSubject = (auditKey: Uint8Array, id: Uint8Array): Uint8Array =>
  deriveKey(auditKey, LABELS.auditSubject, [id], SUBJECT_BYTES);

export const encodeLine = (line: AuditLine): CborValue => [
  line.number,
  line.prev,
  line.at,
  line.kind,
  line.subject,
  line.count,
  line.word,
];

export const hashLine = (device: Uint8Array, line: AuditLine): Uint8Array =>
  hash(LABELS.auditLine, device, encodeLine(line));

export const signLine = (signer: SigningKeyPair, line: AuditLine): SignedLine => ({
  line,
  signature: signOperands(signer, LABELS.auditSignature, hashLine(signer.publicKey, line)),
});

/** Whether the device with this entry public key signed the line. */
export const isLineSigned = (device: Uint8Array, { line, signature }: SignedLine): boolean =>
  isSignedBy(device, signature, LABELS.auditSignature, hashLine(device, line));

export const encodeSignedLine = ({ line, signature }: SignedLine): CborValue => [encodeLine(line), signature];

/** Throws `LK-CBOR-INVALID`. */
export function decodeSignedLine(value: CborValue): SignedLine {
  const signed = new Fields(value, "signed line", 2);
  const fields = new Fields(signed.value(), "line", 7);
  const word = (name: string): string => {
    const text = fields.text(name, MAX_WORD);
    if (!AUDIT_WORD.test(text)) throw new VaultError("LK-CBOR-INVALID", `line: ${name} is not a word`);
    return text;
  };
  const number = fields.uint("number");
  if (number === 0) throw new VaultError("LK-CBOR-INVALID", "line: number is 0, it counts from 1");
  const line: AuditLine = {
    number,
    prev: fields.bytes("prev", HASH_BYTES),
    at: fields.uint("time"),
    kind: word("kind"),
    subject: fields.optional((f) => f.bytes("subject", SUBJECT_BYTES)),
    count: fields.optional((f) => f.uint("count")),
    word: fields.optional(() => word("word")),
  };
  return { line, signature: signed.bytes("signature", SIGNATURE_BYTES) };
}
