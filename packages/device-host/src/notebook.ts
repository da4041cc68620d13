/**
 * What a host notes for the activity log: kept in memory for a moment, then written together, after whatever was done has been answered. A sign-in
 * so costs nothing and loads nothing more. What a process that is killed had not written is lost: SECURITY.md says so.
 */
import type { AuditFact, SignedLine } from "@latchkey/core/audit/audit-line";
import type { AuditWriter } from "@latchkey/core/device/write-audit";
import { startTimer, type Timer } from "./timers.ts";

/** An answer is out by then. */
const WRITE_AFTER_MS = 250;
/** Facts that wait: more than a person does in a moment, so nothing runs away. */
const MAX_WAITING = 4_096;

/** A fact without its time. */
export type Note = Omit<AuditFact, "at">;

export type WrittenListener = (writer: AuditWriter, lines: readonly SignedLine[]) => Promise<void>;

export interface Notebook {
  /** Never throws, never waits. */
  note(note: Note): void;
  /** Writes what waits: with `last`, where the vault is being locked. */
  flush(last?: AuditWriter | null): Promise<void>;
  /** Called after lines were written, before a vault that is being locked is. What it throws is its own matter. */
  onWritten(listener: WrittenListener): void;
}

/** `writer` gives `null` while the vault is locked: then facts wait until it opens. */
export function createNotebook(now: () => number, writer: () => Promise<AuditWriter | null>): Notebook {
  const listeners = new Set<WrittenListener>();
  let waiting: AuditFact[] = [];
  let timer: Timer | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(last: AuditWriter | null | undefined): Promise<void> {
    if (waiting.length === 0) return;
    const open = last === undefined ? await writer() : last;
    if (open === null) return;
    const facts = waiting;
    waiting = [];
    const { writeAudit } = await import("@latchkey/core/device/write-audit");
    const lines = await writeAudit(open, facts).catch((error: unknown) => {
      // Tried again with the next: a full disk must not lose what was done, nor stop it.
      waiting = [...facts, ...waiting];
      throw error;
    });
    for (const listener of listeners) await listener(open, lines).catch(() => {});
  }

  const flush = (last?: AuditWriter | null): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.catch(() => {}).then(() => write(last));
    return writing;
  };

  return {
    note(note) {
      if (waiting.length >= MAX_WAITING) return;
      waiting.push({ ...note, at: now() });
      timer ??= startTimer(() => void flush().catch(() => {}), WRITE_AFTER_MS);
    },
    flush,
    onWritten: (listener) => void listeners.add(listener),
  };
}
