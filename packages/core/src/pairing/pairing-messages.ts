/**
 * The messages of a pairing (protocol § 8), as they lie in the mailbox.
 *
 *   message    = nonce(24) ‖ XChaCha20-Poly1305(key, data = [pair-message, sender, number], padded body)
 *   padded     = body ‖ 0x80 ‖ zeros up to a multiple of 1024 bytes
 *
 *   number  sender   key        body (canonical CBOR)
 *   1       joiner   claim key  [eN public(32), commitment(32)]
 *   2       inviter  k inviter  [rE(32), confirmation(32), fingerprint words]
 *   3       joiner   k joiner   [rN(32), identity, name, platform, entry signature(64), authority signature(64)]
 *   5       inviter  k inviter  [welcome], at most 48 KiB, opaque here
 *   6       joiner   k joiner   []
 *   7       either   k sender   [reason: an LK-PAIR code]
 *
 * Numbers are the protocol's steps; step 4 is typed by hand. Sender and number stand in the associated data, so that nothing opens
 * when it is reflected, repeated or out of order. All of a pairing stays within a mailbox: 6 messages, under 64 KiB together.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import {
  AEAD_NONCE_BYTES,
  AEAD_TAG_BYTES,
  joinSealed,
  sealBytes,
  splitSealed,
  tryOpenBytes,
} from "../crypto/aead.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { AGREEMENT_PUBLIC_KEY_BYTES } from "../crypto/key-agreement.ts";
import { LABELS } from "../crypto/labels.ts";
import { SIGNATURE_BYTES } from "../crypto/signature.ts";
import { ERROR_CODES, type ErrorCode, isVaultError, VaultError } from "../errors.ts";
import { padBytes, unpadBytes } from "../log/padding.ts";
import { decodeIdentity, encodeIdentity } from "../membership/device.ts";
import { isShowable } from "../words/showable.ts";
import { MAX_DEVICE_NAME, MAX_PLATFORM_NAME } from "../membership/member-record.ts";
import type { Random } from "../ports.ts";
import type { Candidate, PairingRole } from "./transcript.ts";

const NUMBERS = { claim: 1, answer: 2, introduction: 3, welcome: 5, done: 6, abort: 7 } as const;
export type MessageKind = keyof typeof NUMBERS;

/** A reason for which a pairing ends. */
export type PairingCode = Extract<ErrorCode, `LK-PAIR-${string}`>;

/** Whether `error` ends a pairing with a reason that both sides know; anything else is the host's. */
export function isPairingError(error: unknown): error is VaultError & { readonly code: PairingCode } {
  return isVaultError(error) && isPairingCode(error.code);
}

const isPairingCode = (code: ErrorCode): code is PairingCode => code.startsWith("LK-PAIR-");

/** rE and rN. */
export const PAIRING_NUMBER_BYTES = 32;
/** What is left of a mailbox's 64 KiB for the welcome, with room for the other messages and some junk. */
export const MAX_WELCOME_BYTES = 49_152;
/** UTF-16 units: six words. */
export const MAX_FINGERPRINT_WORDS = 80;
/** Hides the length of names: every message but the introduction and the welcome is one block. */
export const PADDING_BLOCK_BYTES = 1_024;
/** The largest message: a full welcome with its CBOR head and the mark, in whole blocks. */
const MAX_MESSAGE_BYTES = MAX_WELCOME_BYTES + PADDING_BLOCK_BYTES + AEAD_NONCE_BYTES + AEAD_TAG_BYTES;

export function sealMessage(
  key: Uint8Array,
  sender: PairingRole,
  kind: MessageKind,
  body: CborValue,
  random: Random,
): Uint8Array {
  const encoded = encodeCbor(body);
  const blocks = Math.floor(encoded.length / PADDING_BLOCK_BYTES) + 1;
  const padded = padBytes(encoded, blocks * PADDING_BLOCK_BYTES);
  return joinSealed(sealBytes(key, LABELS.pairMessage, [sender, NUMBERS[kind]], padded, random));
}

/** The body, or `null` when this is not that message of that sender under that key. */
export function openMessage(
  key: Uint8Array,
  sender: PairingRole,
  kind: MessageKind,
  message: Uint8Array,
): Uint8Array | null {
  if (message.length < AEAD_NONCE_BYTES + AEAD_TAG_BYTES || message.length > MAX_MESSAGE_BYTES) return null;
  const sealed = splitSealed(message, "LK-PAIR-CHANGED");
  const padded = tryOpenBytes(key, LABELS.pairMessage, [sender, NUMBERS[kind]], sealed);
  return padded === null ? null : unpadBytes(padded, "LK-PAIR-MALFORMED");
}

export interface Claim {
  readonly publicKey: Uint8Array;
  readonly commitment: Uint8Array;
}

export const encodeClaim = (claim: Claim): CborValue => [claim.publicKey, claim.commitment];

export function decodeClaim(body: Uint8Array): Claim {
  return read(body, "pairing claim", 2, (fields) => ({
    publicKey: fields.bytes("public key", AGREEMENT_PUBLIC_KEY_BYTES),
    commitment: fields.bytes("commitment", HASH_BYTES),
  }));
}

export interface Answer {
  readonly number: Uint8Array;
  readonly confirmation: Uint8Array;
  readonly fingerprintWords: string;
}

export const encodeAnswer = (answer: Answer): CborValue => [
  answer.number,
  answer.confirmation,
  answer.fingerprintWords,
];

export function decodeAnswer(body: Uint8Array): Answer {
  return read(body, "pairing answer", 3, (fields) => ({
    number: fields.bytes("number", PAIRING_NUMBER_BYTES),
    confirmation: fields.bytes("confirmation", HASH_BYTES),
    fingerprintWords: checkShown(
      fields.text("fingerprint words", MAX_FINGERPRINT_WORDS),
      MAX_FINGERPRINT_WORDS,
    ),
  }));
}

export interface Introduction {
  readonly number: Uint8Array;
  readonly candidate: Candidate;
  readonly entrySignature: Uint8Array;
  readonly authoritySignature: Uint8Array;
}

export const encodeIntroduction = (introduction: Introduction): CborValue => [
  introduction.number,
  encodeIdentity(introduction.candidate.identity),
  introduction.candidate.name,
  introduction.candidate.platform,
  introduction.entrySignature,
  introduction.authoritySignature,
];

export function decodeIntroduction(body: Uint8Array): Introduction {
  return read(body, "pairing introduction", 6, (fields) => ({
    number: fields.bytes("number", PAIRING_NUMBER_BYTES),
    candidate: {
      identity: decodeIdentity(fields.value()),
      name: checkShown(fields.text("name", MAX_DEVICE_NAME), MAX_DEVICE_NAME),
      platform: checkShown(fields.text("platform", MAX_PLATFORM_NAME), MAX_PLATFORM_NAME),
    },
    entrySignature: fields.bytes("entry signature", SIGNATURE_BYTES),
    authoritySignature: fields.bytes("authority signature", SIGNATURE_BYTES),
  }));
}

export const encodeWelcome = (welcome: Uint8Array): CborValue => [welcome];

export function decodeWelcome(body: Uint8Array): Uint8Array {
  return read(body, "pairing welcome", 1, (fields) =>
    fields.bytes("welcome", { min: 1, max: MAX_WELCOME_BYTES }),
  );
}

export const encodeDone = (): CborValue => [];

export function decodeDone(body: Uint8Array): void {
  read(body, "pairing end", 0, () => undefined);
}

export const encodeAbort = (code: PairingCode): CborValue => [code];

export function decodeAbort(body: Uint8Array): PairingCode {
  const code = read(body, "pairing abort", 1, (fields) => fields.text("reason", 32));
  const known = ERROR_CODES.filter(isPairingCode).find((candidate) => candidate === code);
  if (known === undefined) throw new VaultError("LK-PAIR-MALFORMED", "pairing abort: reason is not known");
  return known;
}

/** A name or phrase of at most `max` UTF-16 units that may be shown to a person. Throws `LK-PAIR-MALFORMED`. */
export function checkShown(text: string, max: number): string {
  if (!isShowable(text, max))
    throw new VaultError(
      "LK-PAIR-MALFORMED",
      `text is not 1 to ${max} characters without control characters`,
    );
  return text;
}

function read<T>(body: Uint8Array, name: string, length: number, take: (fields: Fields) => T): T {
  return readStructure("LK-PAIR-MALFORMED", body, (value) => take(new Fields(value, name, length)));
}
