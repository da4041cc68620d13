/** A live passkey as an export gets it: all that the vault holds of it, its secrets open. And what each format cannot carry of one. */
import type { LargeBlob } from "../authenticator/large-blob.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Provenance } from "./provenance.ts";

/** What can be said without opening anything. */
export interface ExportFacts {
  readonly credentialId: Uint8Array;
  readonly rpId: string;
  readonly userHandle: Uint8Array;
  readonly algorithm: number;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly discoverable: boolean;
  readonly protection: number;
  readonly createdAt: number;
  readonly title: string | null;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly hasPrf: boolean;
  readonly hasCredBlob: boolean;
  readonly hasLargeBlob: boolean;
}

export interface ExportItem extends ExportFacts {
  /** PKCS#8. */
  readonly privateKey: Uint8Array;
  readonly prfSeeds: Uint8Array | null;
  readonly credBlob: Uint8Array | null;
  readonly largeBlob: LargeBlob | null;
  /** `null` for a passkey that was made here. */
  readonly provenance: Provenance | null;
}

export function wipeExportItem({ privateKey, prfSeeds }: ExportItem): void {
  wipe(privateKey);
  if (prfSeeds !== null) wipe(prfSeeds);
}

export const EXPORT_FORMATS = ["cxf", "bitwarden", "passkey"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What a file cannot carry of a passkey, or carries where other programs pass over it. */
export const LOSSES = [
  "display-name",
  "flags",
  "not-discoverable",
  "protection",
  "prf",
  "cred-blob",
  "large-blob",
  "note",
  "tags",
  "favourite",
  "title",
  "created",
] as const;
export type Loss = (typeof LOSSES)[number];

/** Why a passkey is left out of a file. */
export type LeftOut = "algorithm-unsupported" | "no-user-handle" | "prf-lost";

export interface Carried {
  /** `null`: it is in the file. */
  readonly leftOut: LeftOut | null;
  readonly losses: readonly Loss[];
}

const ES256 = -7;

/** `acceptLoss`: to put in what works at the other end only in part, too. */
export function judgeCarried(format: ExportFormat, facts: ExportFacts, acceptLoss: boolean): Carried {
  const has: Readonly<Record<Loss, boolean>> = {
    "display-name": (facts.userDisplayName ?? "") !== (facts.userName ?? ""),
    flags: !(facts.backupEligible && facts.backedUp),
    "not-discoverable": !facts.discoverable,
    protection: facts.protection > 1,
    prf: facts.hasPrf,
    "cred-blob": facts.hasCredBlob,
    "large-blob": facts.hasLargeBlob,
    note: facts.note !== null && facts.note !== "",
    tags: facts.tags.length > 0,
    favourite: facts.favourite,
    title: facts.title !== null && facts.title !== facts.rpId,
    created: true,
  };
  const losses = LOST[format].filter((loss) => has[loss]);
  return { leftOut: findLeftOut(format, facts, acceptLoss), losses };
}

/** CXF has no members for these, and keeps them in an extension that Latchkey alone reads back. */
const LOST: Readonly<Record<ExportFormat, readonly Loss[]>> = {
  cxf: ["flags", "not-discoverable", "protection", "note"],
  bitwarden: ["flags", "protection", "prf", "cred-blob", "large-blob", "note", "tags"],
  passkey: [...LOSSES],
};

function findLeftOut(format: ExportFormat, facts: ExportFacts, acceptLoss: boolean): LeftOut | null {
  if (format === "bitwarden") return facts.algorithm === ES256 ? null : "algorithm-unsupported";
  if (format === "cxf") return null;
  // KeePassXC's reader wants every member, and has no place for the seeds.
  if (facts.userHandle.length === 0) return "no-user-handle";
  return facts.hasPrf && !acceptLoss ? "prf-lost" : null;
}
