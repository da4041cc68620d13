/**
 * This device's own activity log: facts become signed lines. Loaded after an answer was given, and without the document: a sign-in waits for
 * none of it.
 */
import {
  type AuditFact,
  type AuditLine,
  deriveAuditKey,
  deriveSubject,
  hashLine,
  type SignedLine,
  signLine,
} from "../audit/audit-line.ts";
import { keepAuditKey, lineRow, ownLogRow, readOwnLog } from "../audit/audit-rows.ts";
import type { SigningKeyPair } from "../crypto/signature.ts";
import { wipe } from "../crypto/wipe.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";

/** What an open vault writes its log with. */
export interface AuditWriter {
  readonly store: DeviceStore;
  readonly rows: LocalRows;
  readonly logId: Uint8Array;
  readonly metadataRoot: Uint8Array;
  readonly signer: SigningKeyPair;
}

/** Adds the facts to the log, in order; durable when it resolves. Resolves with the lines. Nobody else writes the log meanwhile. */
export async function writeAudit(
  { store, rows, logId, metadataRoot, signer }: AuditWriter,
  facts: readonly AuditFact[],
): Promise<readonly SignedLine[]> {
  if (facts.length === 0) return [];
  const own = signer.publicKey;
  const log = await readOwnLog(store, rows, own);
  const auditKey = deriveAuditKey(metadataRoot);
  const changes: RowChange[] = [...(await keepAuditKey(store, rows, logId, auditKey))];
  const written: SignedLine[] = [];
  let { next, prev } = log;
  for (const { kind, at, id, count, word } of facts) {
    const subject = id === undefined ? null : deriveSubject(auditKey, id);
    const line: AuditLine = {
      number: next,
      prev,
      at,
      kind,
      subject,
      count: count ?? null,
      word: word ?? null,
    };
    const signed = signLine(signer, line);
    written.push(signed);
    changes.push(lineRow(rows, own, signed));
    prev = hashLine(own, line);
    next++;
  }
  wipe(auditKey);
  await store.commit([...changes, ownLogRow(rows, { ...log, next, prev })]);
  return written;
}
