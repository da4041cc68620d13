/** Looks for traces of secrets in bytes, in every form in which text and bytes are commonly written down. */

export interface Secret {
  readonly what: string;
  readonly value: string | Uint8Array;
}

/** Shorter values turn up in random bytes by chance. */
const MIN_BYTES = 6;

/** In base64 three bytes are four letters, so that a value inside of something longer looks one of three ways. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The letters at the ends also depend on what stands before and after.
    const certain = text.slice(offset === 0 ? 0 : offset + 1, -1);
    return [certain, certain.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

export function formsOf(value: string | Uint8Array): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(value as Uint8Array);
  const forms = new Map<string, Buffer>([["as it is", bytes]]);
  const add = (form: string, content: string | Buffer): void =>
    void forms.set(form, Buffer.from(content as string));
  add("hex", bytes.toString("hex"));
  add("HEX", bytes.toString("hex").toUpperCase());
  for (const [i, text] of base64Forms(bytes).entries()) add(`base64 ${i}`, text);
  if (typeof value === "string") {
    const utf16 = Buffer.from(value, "utf16le");
    add("UTF-16LE", utf16);
    add("UTF-16BE", Buffer.from(utf16).swap16());
    add("lower case", value.toLowerCase());
    add("JSON", JSON.stringify(value).slice(1, -1));
  }
  return forms;
}

/** Which secrets occur, in which form and where. Throws for a secret that is too short to be looked for. */
export function findTraces(
  secrets: readonly Secret[],
  haystacks: Readonly<Record<string, Buffer>>,
): { readonly what: string; readonly form: string; readonly where: string }[] {
  return secrets.flatMap(({ what, value }) => {
    if (Buffer.from(value as Uint8Array).length < MIN_BYTES)
      throw new Error(`${what} is too short to look for`);
    return [...formsOf(value)].flatMap(([form, content]) =>
      Object.entries(haystacks)
        .filter(([, haystack]) => haystack.includes(content))
        .map(([where]) => ({ what, form, where })),
    );
  });
}
