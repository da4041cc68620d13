/**
 * The policy LogSink: the signed lines of this device's activity log, added to a file in an organization's folder. Without names: whoever reads
 * the folder learns what was done and when, and not with which site or account. A folder that cannot be written stops nothing; what it lacks
 * is added when it can.
 */
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { formatLine } from "@latchkey/core/audit/audit-json";
import type { SignedLine } from "@latchkey/core/audit/audit-line";
import { readLines } from "@latchkey/core/audit/audit-rows";
import { encodeBase64url, encodeUtf8 } from "@latchkey/core/bytes/text";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import type { AuditWriter } from "@latchkey/core/device/write-audit";

const SUNK = encodeUtf8("audit-sunk");
/** Of the device's public key, in the file's name. */
const NAME_LETTERS = 12;

/** Adds what the folder does not have yet. Throws what the file system throws. */
export async function sinkAudit(
  folder: string,
  { store, rows, signer }: AuditWriter,
  lines: readonly SignedLine[],
): Promise<void> {
  const own = signer.publicKey;
  const row = await store.get("meta", SUNK);
  const plaintext = row === null ? null : rows.open("meta", row);
  const sunk =
    plaintext === null
      ? 0
      : readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
          new Fields(value, "sunk row", 1).uint("sunk"),
        );
  const isNext = lines[0]?.line.number === sunk + 1;
  const all = isNext ? lines : (await readLines(store, rows, own)).flatMap(({ signed }) => signed ?? []);
  const missing = all.filter(({ line }) => line.number > sunk);
  const last = missing.at(-1);
  if (last === undefined) return;
  const name = `latchkey-activity-${encodeBase64url(own).slice(0, NAME_LETTERS)}.jsonl`;
  const text = missing.map((signed) => `${formatLine(own, signed)}\n`).join("");
  await appendFile(join(folder, name), text, { mode: 0o600 });
  await store.commit([rows.seal("meta", SUNK, encodeCbor([last.line.number]))]);
}
