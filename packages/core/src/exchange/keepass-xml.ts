/**
 * The entries of KeePass's XML: what a KDBX database holds inside, and what KeePassXC exports as XML. Earlier versions of an entry are passed over;
 * what lies in the recycle bin is marked.
 */
import { concatBytes } from "../bytes/concat.ts";
import { decodeUtf8 } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import type { Drafts } from "./draft.ts";
import { checkItemCount, decodeLooseBase64 } from "./json-file.ts";
import { type KeePassEntry, readEntryPasskeys } from "./keepassxc.ts";
import { childOf, childrenOf, parseXml, type XmlElement } from "./xml.ts";

/** Seconds from the year 1, from which KDBX counts, to 1970. */
const YEAR_ONE = 62_135_596_800;

/** Throws `LK-IMPORT-DAMAGED`. */
export function readKeePassXml(xml: Uint8Array, reveal: (values: Uint8Array) => Uint8Array): Drafts {
  const root = parseXml(decodeText(xml));
  if (root?.name !== "KeePassFile") throw new VaultError("LK-IMPORT-DAMAGED", "database has no entries");
  const revealed = revealValues(root, reveal);
  const bin = childOf(childOf(root, "Meta"), "RecycleBinUUID")?.text ?? null;
  const entries: KeePassEntry[] = [];
  collect(childrenOf(childOf(root, "Root"), "Group"), false);
  checkItemCount(entries.length);
  const passkeys = entries.map((entry, i) => readEntryPasskeys(`entries[${i}]`, entry));
  const others = passkeys.filter((drafts) => drafts.length === 0).length;
  return { exporter: null, drafts: passkeys.flat(), others: others === 0 ? {} : { login: others } };

  function collect(groups: readonly XmlElement[], isTrashed: boolean): void {
    for (const group of groups) {
      const inBin = isTrashed || (bin !== null && childOf(group, "UUID")?.text === bin);
      for (const entry of childrenOf(group, "Entry")) entries.push(readEntry(entry, revealed, inBin));
      collect(childrenOf(group, "Group"), inBin);
    }
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes).replace(/^\uFEFF/, "");
  } catch (error) {
    throw new VaultError("LK-IMPORT-DAMAGED", "database is not UTF-8", { cause: error });
  }
}

/** Protected values are hidden under one key stream that runs on from each to the next, in document order. */
function revealValues(
  root: XmlElement,
  reveal: (values: Uint8Array) => Uint8Array,
): ReadonlyMap<XmlElement, string> {
  const hidden: { readonly element: XmlElement; readonly bytes: Uint8Array }[] = [];
  visit(root);
  const all = reveal(concatBytes(...hidden.map(({ bytes }) => bytes)));
  let at = 0;
  return new Map(
    hidden.map(({ element, bytes }) => {
      at += bytes.length;
      return [element, decodeText(all.subarray(at - bytes.length, at))];
    }),
  );

  function visit(element: XmlElement): void {
    if (element.name === "Value" && element.attributes.get("Protected") === "True") {
      const bytes = decodeLooseBase64(element.text.trim());
      if (bytes === null) throw new VaultError("LK-IMPORT-DAMAGED", "database has a damaged value");
      hidden.push({ element, bytes });
    }
    for (const child of element.children) visit(child);
  }
}

function readEntry(
  entry: XmlElement,
  revealed: ReadonlyMap<XmlElement, string>,
  isTrashed: boolean,
): KeePassEntry {
  const attributes = new Map<string, string>();
  for (const text of childrenOf(entry, "String")) {
    const value = childOf(text, "Value");
    const name = childOf(text, "Key")?.text;
    if (name !== undefined && value !== undefined) attributes.set(name, revealed.get(value) ?? value.text);
  }
  return {
    attributes,
    tags: (childOf(entry, "Tags")?.text ?? "").split(/[;,]/).filter((tag) => tag.trim() !== ""),
    createdAt: readTime(childOf(childOf(entry, "Times"), "CreationTime")?.text),
    isTrashed,
  };
}

/** ISO 8601 in exports, base64 of seconds since the year 1 in databases. */
function readTime(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  if (text.includes("-") && text.includes(":")) return Date.parse(text);
  const bytes = decodeLooseBase64(text);
  if (bytes?.length !== 8) return Number.NaN;
  const seconds = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return (seconds - YEAR_ONE) * 1000;
}
