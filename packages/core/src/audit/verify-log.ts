/**
 * Whether activity logs are whole: every line is signed by its device and follows the one before it, none is missing, and the last one is
 * where the log is known to end. Each problem names its line. The same check for what lies in the vault and for an exported file.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeBase64url } from "../bytes/text.ts";
import { hashLine, isLineSigned, NO_LINE, type SignedLine } from "./audit-line.ts";
import type { AuditTip } from "./audit-rows.ts";

export type AuditProblemKind =
  /** Its bytes are damaged. */
  | "damaged"
  /** It is not as its device signed it. */
  | "edited"
  /** Lines that were there are not. */
  | "missing"
  /** It does not follow the line before it, though both are signed: the device wrote two histories. */
  | "does-not-follow"
  /** Two lines have its number: a copy of the device lived, or its disk was restored. */
  | "twice";

export interface AuditProblem {
  /** The device's entry public key in base64url. */
  readonly device: string;
  readonly is: AuditProblemKind;
  readonly number: number;
  /** Of missing lines the last. */
  readonly last: number;
}

/** One device's log as it is found, ordered by number. */
export interface FoundLog {
  readonly device: Uint8Array;
  readonly lines: readonly { readonly number: number; readonly signed: SignedLine | null }[];
  /** The number with which it has to begin; `null` where that is not known. */
  readonly first: number | null;
  /** Where it has to end; `null` where that is not known. */
  readonly tip: AuditTip | null;
}

export function verifyLog({ device, lines, first, tip }: FoundLog): readonly AuditProblem[] {
  const problems: AuditProblem[] = [];
  const name = encodeBase64url(device);
  const report = (is: AuditProblemKind, number: number, last = number): void =>
    void problems.push({ device: name, is, number, last });
  let next = first ?? lines[0]?.number ?? 1;
  /** The hash of the line before; `null` where it is not to be trusted. */
  let prev: Uint8Array | null = next === 1 ? NO_LINE : null;
  let last: { readonly number: number; readonly hash: Uint8Array } | null = null;
  for (const { number, signed } of lines) {
    if (number < next) {
      report("twice", number);
      continue;
    }
    if (number > next) {
      report("missing", next, number - 1);
      prev = null;
    }
    next = number + 1;
    if (signed === null || !isLineSigned(device, signed)) {
      report(signed === null ? "damaged" : "edited", number);
      prev = null;
      last = null;
      continue;
    }
    if (prev !== null && !equalBytes(signed.line.prev, prev)) report("does-not-follow", number);
    prev = hashLine(device, signed.line);
    last = { number, hash: prev };
  }
  if (tip !== null && tip.number >= next) report("missing", next, tip.number);
  else if (tip !== null && last?.number === tip.number && !equalBytes(last.hash, tip.hash))
    report("does-not-follow", tip.number);
  return problems;
}
