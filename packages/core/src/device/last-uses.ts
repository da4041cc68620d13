/**
 * When passkeys were last signed in with, as far as the activity logs tell: those of other devices come once a day, and old lines go.
 */
import { deriveSubject } from "../audit/audit-line.ts";
import { readAuditKeys, readLines } from "../audit/audit-rows.ts";
import { encodeHex } from "../bytes/text.ts";
import { credentialIdOf, type PasskeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";

/**
 * Of these passkeys the latest use, in ms since 1970 by the clock of the device that used it; who is not known to be used is left out.
 * `isMeant`: whose logs count, by entry public key. All lines that are here are read for it.
 */
export async function readLastUses(
  { deps: { store }, context: { rows } }: Device,
  ids: readonly PasskeyId[],
  isMeant: (device: Uint8Array) => boolean = () => true,
): Promise<ReadonlyMap<PasskeyId, number>> {
  const uses = new Map<PasskeyId, number>();
  if (ids.length === 0) return uses;
  const latest = new Map<string, number>();
  for (const { device, signed } of await readLines(store, rows)) {
    if (signed?.line.subject == null || signed.line.kind !== "sign-in" || !isMeant(device)) continue;
    const subject = encodeHex(signed.line.subject);
    latest.set(subject, Math.max(latest.get(subject) ?? 0, signed.line.at));
  }
  if (latest.size === 0) return uses;
  for (const { key } of await readAuditKeys(store, rows)) {
    for (const id of ids) {
      const bytes = credentialIdOf(id);
      const at = bytes === null ? undefined : latest.get(encodeHex(deriveSubject(key, bytes)));
      if (at !== undefined) uses.set(id, Math.max(uses.get(id) ?? 0, at));
    }
  }
  return uses;
}
