/** The order of the list, and what a search finds. */
import { nameOf, type PasskeyView } from "../model/vault-view.ts";

/** Favourites, then by name, then by account; the archive at the end. Compared as the language sorts. */
export function sortPasskeys(passkeys: readonly PasskeyView[], language: string): PasskeyView[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  return [...passkeys].sort(
    (a, b) =>
      Number(a.archived) - Number(b.archived) ||
      Number(b.favourite) - Number(a.favourite) ||
      compare(nameOf(a), nameOf(b)) ||
      compare(a.user ?? "", b.user ?? ""),
  );
}

/** Every word must be somewhere in the name, the site, the account, a tag or the note. */
export function createMatcher(search: string): (passkey: PasskeyView) => boolean {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return () => true;
  return ({ title, site, user, displayName, tags, note }) => {
    const text = [title, site, user, displayName, note, ...tags].join("\n").toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
}
