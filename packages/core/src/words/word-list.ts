/**
 * The list of 2048 English words behind fingerprints, recovery and generated passphrases: BIP-39's, whose words differ in their first
 * four letters. Loaded when it is needed, so that a sign-in never reads it.
 */

/** The words in their order; the same array each time. */
export async function loadWordList(): Promise<readonly string[]> {
  const { wordlist } = await import("@scure/bip39/wordlists/english.js");
  return wordlist;
}
