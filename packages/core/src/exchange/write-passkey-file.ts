/** Writes KeePassXC's `.passkey`: one passkey a file, four spaces deep, members in alphabetical order, all six of them there. */
import { base64 } from "@scure/base";
import { encodeBase64url } from "../bytes/text.ts";
import type { ExportItem } from "./export-item.ts";

const PEM_LINE = 64;
/** What some file system would not take in a name, and what would hide the file. */
const UNSAFE = /[^\p{L}\p{N}._ -]|^\.+/gu;
const MAX_NAME = 80;

export function writePasskeyFile(item: ExportItem): string {
  const file = {
    credentialId: encodeBase64url(item.credentialId),
    privateKey: writePem(item.privateKey),
    relyingParty: item.rpId,
    url: item.provenance?.urls?.[0] ?? `https://${item.rpId}`,
    userHandle: encodeBase64url(item.userHandle),
    username: item.provenance?.texts?.["name"] ?? item.userName ?? "",
  };
  return `${JSON.stringify(file, null, 4)}\n`;
}

/** The names of the files of all `items`, no two alike even where capitals are the same. */
export function namePasskeyFiles(items: readonly ExportItem[]): string[] {
  const taken = new Set<string>();
  return items.map(({ title, rpId, userName }) => {
    const wanted = [title ?? rpId, userName ?? ""].filter((part) => part !== "").join(" ");
    const safe = wanted.toWellFormed().replace(UNSAFE, "_").slice(0, MAX_NAME).trim() || "passkey";
    for (let count = 1; ; count++) {
      const name = count === 1 ? safe : `${safe} ${count}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return `${name}.passkey`;
    }
  });
}

function writePem(privateKey: Uint8Array): string {
  const lines = base64.encode(privateKey).match(new RegExp(`.{1,${PEM_LINE}}`, "g")) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
