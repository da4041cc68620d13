/**
 * The six digits that the new device shows and the person types on the existing one (protocol § 8, step 4).
 *
 *   code = first 48 bits of H(pair-code, transcript after message 2, rE, rN)  mod 10^6
 *
 * **Why guessing is 3 in 10^6 for a pairing.** Take somebody who has photographed the QR code and makes the new device scan one of
 * their own instead: one pairing with each device, the messages of their making. The two codes are equal only by chance:
 *
 * 1. Towards E everything under their control is fixed by message 1, which commits to rN and to the new device's keys and names.
 *    Only then E draws rE. So E's code is uniform, and settled when E answers.
 * 2. Towards N everything under their control is fixed by message 2. N's rN, hidden till then behind N's commitment, comes in
 *    message 3. So N's code is uniform too, and independent of E's.
 * 3. Nothing that comes later counts: the bytes of message 3 are *not* in the code. Were they, who knows N's code could try a
 *    million seals or names for a message 3 to E until the codes meet, in about a second.
 *
 * E takes one claim and one message 3 for each invitation and allows three tries: 3 in 10^6, and each further attempt costs the
 * person a failed pairing in plain sight. A code that somebody *tells* the person is outside this: the text beside the field says so.
 */
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { CODE_DIGITS } from "./code-text.ts";

/** Bytes of the hash that are used: far more than 10^6 needs (bias under 2^-28), and exact as a number. */
const USED_BYTES = 6;

/** The code as six digits. `transcript` is the one after message 2; the numbers are 32 bytes each. */
export function deriveCode(
  transcript: Uint8Array,
  inviterNumber: Uint8Array,
  joinerNumber: Uint8Array,
): string {
  const digest = hash(LABELS.pairCode, transcript, inviterNumber, joinerNumber);
  let value = 0;
  for (const byte of digest.subarray(0, USED_BYTES)) value = value * 256 + byte;
  return String(value % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, "0");
}
