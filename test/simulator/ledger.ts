/**
 * The truth of a run, kept outside of every device: which entries were really written, by whom and after seeing what. Judged against it is what
 * devices accept. It learns of an entry at the moment in which its author's disk has it.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { isVaultError } from "@latchkey/core/errors";
import { SealedEntry } from "@latchkey/core/log/verify";
import { readEntryKey } from "@latchkey/core/sync/replica-rows";
import type { ReplicaState } from "@latchkey/core/sync/replica-state";
import type { Disk } from "./disk.ts";

/** Entries and devices are named in hex. */
export interface Written {
  readonly hash: string;
  readonly logId: string;
  readonly tag: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** The entry before it in its chain, `null` at the first. */
  readonly previous: string | null;
  /** How far its author had every other chain. */
  readonly saw: ReadonlyMap<string, number>;
}

export class Ledger {
  readonly written = new Map<string, Written>();
  /** Which entry admitted a device, by its tag; none for the devices that were there from the beginning. */
  readonly admitted = new Map<string, string>();
  /** Entries that came over a wire and that nobody had written. */
  readonly forged = new Set<string>();

  constructor(before: Ledger | null = null) {
    for (const [hash, entry] of before?.written ?? []) this.written.set(hash, entry);
  }

  /** A row of an author's disk; `state` is what the author had seen. */
  write(logId: Uint8Array, key: Uint8Array, bytes: Uint8Array, state: ReplicaState | null): Written {
    const { hash, deviceTag, seq } = readEntryKey(key);
    const { prev } = SealedEntry.decode(bytes).header;
    const written = {
      hash: encodeHex(hash),
      logId: encodeHex(logId),
      tag: encodeHex(deviceTag),
      seq,
      bytes,
      previous: seq === 1 ? null : encodeHex(prev),
      saw: new Map([...(state?.tips ?? [])].map(([tag, tip]) => [tag, tip.seq])),
    };
    this.written.set(written.hash, written);
    return written;
  }

  /** The entry and all without which nobody takes it: those before it in its chain, and those that made its author a member. */
  *restsOn(hash: string): Generator<string> {
    for (let next: string | null = hash; next !== null; next = this.written.get(next)?.previous ?? null)
      yield next;
    const admission = this.admitted.get(this.written.get(hash)?.tag ?? "");
    if (admission !== undefined) yield* this.restsOn(admission);
  }

  /** For people who read a trace: chain, number and hash, each as short as tells them apart. */
  nameOf(hash: string): string {
    const written = this.written.get(hash);
    return `${written?.tag.slice(0, 4) ?? "????"}/${written?.seq ?? "?"} ${hash.slice(0, 6)}`;
  }

  /** Bytes on their way to a device. What is nobody's entry is remembered as forged. */
  pass(bytes: Uint8Array): void {
    const hash = hashOf(bytes);
    if (hash !== null && !this.written.has(hash)) this.forged.add(hash);
  }

  /** Whether these are, byte for byte, what somebody wrote. */
  isGenuine(hash: string, bytes: Uint8Array): boolean {
    const written = this.written.get(hash);
    return written !== undefined && equalBytes(written.bytes, bytes);
  }
}

/** In hex, or `null` for bytes that have not the form of an entry. */
export function hashOf(bytes: Uint8Array): string | null {
  try {
    return encodeHex(SealedEntry.decode(bytes).hash);
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

/** Hashes of every entry that a disk holds, accepted or waiting, in hex. */
export function entriesOn(disk: Disk): Set<string> {
  const found = new Set(disk.rows("entry").map(({ key }) => encodeHex(readEntryKey(key).hash)));
  for (const { key } of disk.rows("held")) found.add(encodeHex(key.subarray(-32)));
  return found;
}
