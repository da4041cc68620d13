/**
 * XML 1.0 as password managers write it: elements, attributes, text, the five entities and characters by number. Declarations of types, and with
 * them entities of a file's own, are refused: nothing here expands or is fetched.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it. */
  readonly text: string;
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 4_000_000;
const NAME = /[A-Za-z_][\w.:-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

class NotXml extends Error {}

/** The root element, or `null` for what is not well-formed or nested too deep. */
export function parseXml(source: string): XmlElement | null {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof NotXml) return null;
    throw error;
  }
}

function parse(source: string): XmlElement {
  const open: Open[] = [];
  let root: XmlElement | null = null;
  let count = 0;
  let at = 0;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at = pattern.lastIndex;
    return match;
  }
  function skipPast(end: string): string {
    const found = source.indexOf(end, at);
    if (found < 0) throw new NotXml();
    const skipped = source.slice(at, found);
    at = found + end.length;
    return skipped;
  }
  function close(): void {
    const element = open.pop() as Open;
    const parent = open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else root = element;
  }
  function readTag(): void {
    const name = take(NAME)?.[0];
    if (name === undefined || ++count > MAX_ELEMENTS || open.length === MAX_DEPTH) throw new NotXml();
    if (open.length === 0 && root !== null) throw new NotXml();
    const attributes = new Map<string, string>();
    for (let match = take(ATTRIBUTE); match !== null; match = take(ATTRIBUTE))
      attributes.set(match[1] as string, readText(match[2] ?? match[3] ?? ""));
    const [, isEmpty] = take(/\s*(\/?)>/y) ?? [];
    if (isEmpty === undefined) throw new NotXml();
    open.push({ name, attributes, children: [], text: "" });
    if (isEmpty === "/") close();
  }

  while (at < source.length) {
    const next = source.indexOf("<", at);
    const text = source.slice(at, next < 0 ? source.length : next);
    const inside = open.at(-1);
    if (inside !== undefined) inside.text += readText(text);
    else if (text.trim() !== "") throw new NotXml();
    if (next < 0) break;
    at = next + 1;
    if (source.startsWith("!--", at)) skipPast("-->");
    else if (source.startsWith("![CDATA[", at) && inside !== undefined) {
      at += "![CDATA[".length;
      inside.text += skipPast("]]>");
    } else if (source[at] === "?") skipPast("?>");
    else if (source[at] === "/") {
      at++;
      if (take(NAME)?.[0] !== inside?.name || take(/\s*>/y) === null || inside === undefined)
        throw new NotXml();
      close();
    } else readTag();
  }
  if (root === null || open.length > 0) throw new NotXml();
  return root;
}

function readText(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,10})(;?)/g, (_, name: string, end: string) => {
    if (end === "") throw new NotXml();
    if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] as string;
    const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
    const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
    if (!(code > 0 && code <= 0x10ffff)) throw new NotXml();
    return String.fromCodePoint(code);
  });
}

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
