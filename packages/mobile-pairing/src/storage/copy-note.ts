/**
 * A note beside the vault, in another store of the browser, that a copy was here and on how many other devices the vault is. Where the copy is
 * gone and the note is not, the page can say what happened. A browser that clears everything clears the note as well; then the page begins
 * like a new one.
 */

const KEY = "latchkey-copy";

export interface CopyNote {
  readonly otherDevices: number;
}

export function readCopyNote(storage: Storage): CopyNote | null {
  const text = storage.getItem(KEY);
  return text !== null && /^\d{1,3}$/.test(text) ? { otherDevices: Number(text) } : null;
}

export function writeCopyNote(storage: Storage, note: CopyNote | null): void {
  if (note === null) storage.removeItem(KEY);
  else storage.setItem(KEY, String(note.otherDevices));
}
