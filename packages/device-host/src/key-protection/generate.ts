/**
 * Makes a passphrase: six words of 2048 (BIP-39's English list), 66 bits. With Argon2id at 256 MiB that is out of reach of guessing;
 * so strength is made, not judged.
 */
import type { Random } from "@latchkey/core/ports";
import { loadWordList } from "@latchkey/core/words/word-list";

export const PASSPHRASE_WORDS = 6;

/** Words with single spaces between them, as they are shown and typed. */
export async function makePassphrase(random: Random): Promise<string> {
  const words = await loadWordList();
  const bytes = random(PASSPHRASE_WORDS * 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The list has 2^11 words: the low eleven bits choose one, each as likely as another.
  return Array.from({ length: PASSPHRASE_WORDS }, (_, i) => words[view.getUint16(i * 2) % words.length]).join(
    " ",
  );
}
