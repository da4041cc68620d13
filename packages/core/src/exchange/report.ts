/**
 * What an import says of a file before anything is written: every passkey in it once, with one outcome and all reasons. The same rows come from
 * the dry run and from the import itself. Nothing in here is secret.
 */
import type { CoseAlgorithm } from "../ports.ts";

export const OUTCOMES = ["cannot", "differs", "new", "already-here", "skipped"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** By what they come with: `new` is taken in all the same. */
export const REASONS = {
  new: [
    "timestamp-implausible",
    "counter-nonzero",
    "counter-unreadable",
    "prf-single-seed",
    "prf-length-unusual",
    "prf-algorithm-unknown",
    "large-blob-uncompressed",
    "large-blob-unreadable",
    "cred-blob-unusual",
    "no-user-handle",
    "source-label-wrong",
    "unknown-members-kept",
    "members-too-large",
    "text-shortened",
    "same-account-exists",
    "back-from-trash",
  ],
  differs: ["names-differ", "flags-differ"],
  cannot: [
    "key-unreadable",
    "key-inconsistent",
    "algorithm-unsupported",
    "key-mismatch",
    "credential-id-clash",
    "credential-id-invalid",
    "rp-id-invalid",
    "user-handle-too-long",
    "flags-invalid",
    "field-missing",
    "layout-unknown",
    "erased-for-good",
  ],
  skipped: ["duplicate-in-file", "source-trash", "not-selected"],
} as const;

export type Warning = (typeof REASONS)["new"][number];
export type CannotReason = (typeof REASONS)["cannot"][number];
export type Reason = (typeof REASONS)[keyof typeof REASONS][number];

/** What the file does not say and was taken to be so. */
export type Assumed = "be" | "bs" | "createdAt" | "discoverable" | "userDisplayName" | "userName";

export const FORMATS = [
  "cxf-header",
  "cxf-account",
  "bitwarden-json",
  "bitwarden-json-password",
  "bitwarden-zip",
  "keepassxc-passkey",
  "keepassxc-kdbx",
  "keepassxc-xml",
  "proton-zip",
  "chromium-virtual-authenticator",
] as const;
export type Format = (typeof FORMATS)[number];

export interface Row {
  /** Where in the file it stands; empty for a file that is one passkey. */
  readonly at: string;
  readonly rpId: string | null;
  readonly userName: string | null;
  /** From the key itself; `null` where it could not be read. */
  readonly algorithm: CoseAlgorithm | null;
  readonly outcome: Outcome;
  /** In alphabetical order, as `assumed` is. */
  readonly reasons: readonly Reason[];
  readonly assumed: readonly Assumed[];
}

export interface Counts {
  readonly new: number;
  readonly alreadyHere: number;
  readonly differs: number;
  readonly cannot: number;
  readonly skipped: number;
}

export function countOutcomes(rows: readonly Pick<Row, "outcome">[]): Counts {
  const count = (outcome: Outcome): number => rows.filter((row) => row.outcome === outcome).length;
  return {
    new: count("new"),
    alreadyHere: count("already-here"),
    differs: count("differs"),
    cannot: count("cannot"),
    skipped: count("skipped"),
  };
}
