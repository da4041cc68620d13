/** The sentence that a person types before passkeys leave the vault unsealed: it says what the file can do. */

export const EXPORT_SENTENCES = {
  en: "anyone with this file can sign in as me",
  de: "wer diese Datei hat, kann sich als ich anmelden",
} as const;

/** In either language; capitals, spaces and a full stop do not matter. */
export function isConfirmed(typed: string): boolean {
  const normalize = (text: string): string =>
    text.normalize("NFC").trim().toLowerCase().replace(/\s+/g, " ").replace(/\.$/, "");
  return Object.values(EXPORT_SENTENCES).some((sentence) => normalize(sentence) === normalize(typed));
}
