/** XML as text, from names, attributes and children. Everything that comes in is escaped; what XML cannot hold is refused. */

export type XmlElement = readonly [
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: (XmlElement | string)[],
];

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// eslint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The document with its declaration, UTF-8, two spaces a level. */
export function renderXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${renderElement(root, "")}\n`;
}

function renderElement([name, attributes, ...children]: XmlElement, indent: string): string {
  const head = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escape(value)}"`)
    .join("")}`;
  if (children.length === 0) return `${head}/>`;
  const [first] = children;
  if (children.length === 1 && typeof first === "string") return `${head}>${escape(first)}</${name}>`;
  const inside = children.map((child) =>
    typeof child === "string" ? `${indent}  ${escape(child)}` : renderElement(child, `${indent}  `),
  );
  return [`${head}>`, ...inside, `${indent}</${name}>`].join("\n");
}

function escape(text: string): string {
  if (IMPOSSIBLE.test(text)) throw new TypeError("a character that XML cannot hold");
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] as string);
}
