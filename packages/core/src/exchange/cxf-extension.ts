/**
 * What CXF has no members for, so that Latchkey to CXF to Latchkey loses nothing: an item that holds our passkeys carries one extension, which
 * other readers pass over. Never a secret in it: keys and seeds stay where CXF puts them.
 *
 *   {"name": "latchkey", "version": 1, "passkeys": [{credentialId, backupEligible, backupState, discoverable, credProtect, rpName?,
 *     sourceCounter?, createdAt?, aaguid?, notes?}]}            credentialId in base64url as in the passkey; createdAt in seconds, with a fraction
 */
import type { Draft, JsonValue } from "./draft.ts";
import { booleanOf, isMembers, listOf, memberOf, textOf } from "./json-file.ts";

export const EXTENSION_NAME = "latchkey";
export const EXTENSION_VERSION = 1;

export interface ExtensionEntry {
  readonly credentialId: string;
  readonly values: Partial<Omit<Draft, "at">>;
}

export function readExtension(extensions: readonly JsonValue[]): ExtensionEntry[] {
  return extensions
    .filter((extension) => textOf(extension, "name") === EXTENSION_NAME)
    .filter((extension) => memberOf(extension, "version") === EXTENSION_VERSION)
    .flatMap((extension) => listOf(extension, "passkeys"))
    .flatMap(readEntry);
}

function readEntry(entry: JsonValue): ExtensionEntry[] {
  const credentialId = textOf(entry, "credentialId");
  if (credentialId === null || !isMembers(entry)) return [];
  const numberOf = (name: string): number | null => {
    const value = memberOf(entry, name);
    return typeof value === "number" ? value : null;
  };
  const createdAt = numberOf("createdAt");
  return [
    {
      credentialId,
      values: {
        backupEligible: booleanOf(entry, "backupEligible"),
        backedUp: booleanOf(entry, "backupState"),
        discoverable: booleanOf(entry, "discoverable"),
        protection: numberOf("credProtect"),
        rpName: textOf(entry, "rpName"),
        aaguid: textOf(entry, "aaguid"),
        note: textOf(entry, "notes"),
        ...(Object.hasOwn(entry, "sourceCounter") ? { counter: entry["sourceCounter"] } : {}),
        ...(createdAt === null ? {} : { createdAt: Math.round(createdAt * 1000) }),
      },
    },
  ];
}
