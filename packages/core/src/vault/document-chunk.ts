/**
 * Whether saved bytes are one whole Automerge document (https://automerge.org/automerge-binary-format-spec/): magic 4, checksum 4, type 1 (0 is
 * a document), then the length in LEB128. Checked here because Automerge ignores a tail.
 */
import { Leb128Reader } from "./leb128.ts";

const TYPE_AT = 8;
const DOCUMENT = 0;

/** Throws `LK-VAULT-DAMAGED` where the length cannot be read. */
export function isWholeDocument(saved: Uint8Array): boolean {
  if (saved[TYPE_AT] !== DOCUMENT) return false;
  const reader = new Leb128Reader("saved document", "LK-VAULT-DAMAGED", saved, TYPE_AT + 1);
  return reader.uint() === reader.left;
}
