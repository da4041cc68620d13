/**
 * The vault fingerprint: six words that two people read to each other, equal when both devices hold the same entries of the same log
 * (sync-protocol.md § 5). Six of 2 048 words are 66 bits: enough against a relay that shows two groups two histories, for it cannot
 * make entries of its own.
 */
import { compareBytes } from "../bytes/equal.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { loadWordList } from "../words/word-list.ts";

export const FINGERPRINT_WORDS = 6;
const WORD_BITS = 11;

/** The six words. `logId` is 16 bytes, `heads` those of the vault document. Loads the word list when first asked. */
export async function deriveFingerprint(logId: Uint8Array, heads: readonly Uint8Array[]): Promise<string[]> {
  const words = await loadWordList();
  const bytes = hash(LABELS.fingerprint, logId, [...heads].sort(compareBytes));
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: FINGERPRINT_WORDS }, (_, i) => {
    const index = Number.parseInt(bits.slice(i * WORD_BITS, (i + 1) * WORD_BITS), 2);
    return words[index] as string;
  });
}
