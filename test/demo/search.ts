/** Looks for secrets in everything that a relay kept: each in every form in which bytes or text are commonly written. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Secret {
  readonly what: string;
  readonly value: string | Uint8Array;
}

/** Shorter strings turn up in random bytes by chance. */
const MIN_BYTES = 4;

function formsOf(value: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(value as Uint8Array);
  const forms = [
    bytes,
    ...["hex", "base64", "base64url"].map((encoding) => encodeAs(bytes, encoding as "hex")),
  ];
  if (typeof value === "string") forms.push(Buffer.from(value, "utf16le"), Buffer.from(value.toLowerCase()));
  return forms.filter((form) => form.length >= MIN_BYTES);
}

/** Without padding, and without the last letter, which depends on what follows. */
const encodeAs = (bytes: Buffer, encoding: "hex" | "base64" | "base64url"): Buffer =>
  Buffer.from(
    bytes
      .toString(encoding)
      .replace(/=+$/, "")
      .slice(0, encoding === "hex" ? undefined : -1),
  );

/** Which secrets occur in the haystacks, and where. */
export function findSecrets(
  secrets: readonly Secret[],
  haystacks: ReadonlyMap<string, Buffer>,
): { readonly what: string; readonly where: string }[] {
  return secrets.flatMap(({ what, value }) =>
    formsOf(value).flatMap((form) =>
      [...haystacks].filter(([, content]) => content.includes(form)).map(([where]) => ({ what, where })),
    ),
  );
}

/** Every file below a folder. */
export function readFolder(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path, readFileSync(path));
  }
  return files;
}
