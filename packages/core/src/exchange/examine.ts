/**
 * One set of rules for the passkeys of every format: what is wrong with one, what is assumed, whether the vault has it already. Nothing is written
 * here, and one bad passkey does not stop the others. Keys are tried: a passkey that is `new` has signed.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import type { CredentialCrypto, Random } from "../ports.ts";
import {
  MAX_CREDENTIAL_ID_BYTES,
  MAX_RP_ID_LENGTH,
  MAX_USER_HANDLE_BYTES,
} from "../vault/credential-record.ts";
import { type PasskeyId, passkeyId } from "../vault/schema.ts";
import type { Draft } from "./draft.ts";
import type { ImportItem } from "./import-item.ts";
import { makeSecrets } from "./import-secrets.ts";
import { makeTexts } from "./import-texts.ts";
import { type ReadKey, readPrivateKey, type VerifySignature } from "./private-key.ts";
import { encodeProvenance, type Provenance } from "./provenance.ts";
import type { Assumed, CannotReason, Format, Outcome, Reason, Row, Warning } from "./report.ts";

/** A passkey that the vault has under a credential id. */
export interface KnownPasskey {
  readonly rpId: string;
  readonly publicKey: Uint8Array;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly discoverable: boolean;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly isDeleted: boolean;
}

export interface ExamineDeps {
  readonly crypto: CredentialCrypto;
  readonly random: Random;
  readonly verify: VerifySignature;
  /** The host's clock, for dates that cannot be. */
  readonly now: number;
  readonly format: Format;
  readonly exporter: string | null;
  readonly find: (id: PasskeyId) => KnownPasskey | null;
  /** Whether it was erased from the vault for good: it is never taken in again. */
  readonly isErased: (id: PasskeyId) => boolean;
  /** Whether the vault has a passkey of this account. */
  readonly hasAccount: (rpId: string, userHandle: Uint8Array) => boolean;
  /** The file's passkeys were registered with BE and BS off where it does not say: KeePassXC up to 2.7.11. */
  readonly assumeUnbacked: boolean;
  readonly withTrash: boolean;
  /** Sites to take; all when empty. */
  readonly sites: readonly string[];
}

export interface Examined {
  readonly row: Row;
  /** With an outcome of `new` only. The caller wipes it. */
  readonly item: ImportItem | null;
}

const DAY = 86_400_000;
const HOST_NAME = /^[^\s/:?#@[\]\\]+$/u;
const LABELS: Readonly<Record<number, string>> = {
  [-7]: "ECDSA P-256",
  [-35]: "ECDSA P-384",
  [-8]: "EdDSA Ed25519",
  [-257]: "RSA",
};

/** Examines the passkeys of one file, one after the other: what stands in it twice is known then. */
export function createExaminer(deps: ExamineDeps): (draft: Draft) => Examined {
  const seen = new Map<PasskeyId, { readonly rpId: string; readonly publicKey: Uint8Array }>();

  return (draft) => {
    try {
      return examine(draft);
    } finally {
      if (draft.key !== null) wipe(draft.key);
    }
  };

  function examine(draft: Draft): Examined {
    if (draft.isTrashed && !deps.withTrash) return refuse(draft, "skipped", "source-trash");
    if (deps.sites.length > 0 && !deps.sites.includes(draft.rpId ?? ""))
      return refuse(draft, "skipped", "not-selected");
    const { credentialId, rpId } = draft;
    const problem = draft.cannot ?? findProblem(draft);
    if (problem !== null || credentialId === null || rpId === null)
      return refuse(draft, "cannot", problem ?? "field-missing");
    const key = readPrivateKey(draft.key as Uint8Array, deps);
    if (typeof key === "string") return refuse(draft, "cannot", key);
    const id = passkeyId(credentialId);
    const before = seen.get(id);
    const clash = before === undefined ? null : findClash(before, rpId, key);
    if (clash !== null) return refuse(draft, "cannot", clash, key);
    if (before !== undefined) return refuse(draft, "skipped", "duplicate-in-file", key);
    const known = deps.find(id);
    const other = known === null ? null : findClash(known, rpId, key);
    if (other !== null) return refuse(draft, "cannot", other, key);
    if (known === null && deps.isErased(id)) return refuse(draft, "cannot", "erased-for-good", key);
    seen.set(id, { rpId, publicKey: key.publicKey });
    if (known !== null && !known.isDeleted) {
      const differences = compare(draft, known);
      return refuse(draft, differences.length > 0 ? "differs" : "already-here", differences, key);
    }
    return takeIn(draft, credentialId, rpId, key, known !== null);
  }

  function takeIn(
    draft: Draft,
    credentialId: Uint8Array,
    rpId: string,
    key: ReadKey,
    isBackFromTrash: boolean,
  ): Examined {
    const warnings = new Set<Warning>();
    const assumed: Assumed[] = [];
    const take = <T>(name: Assumed, value: T | null, otherwise: T): T => {
      if (value === null) assumed.push(name);
      return value ?? otherwise;
    };
    const userHandle = draft.userHandle ?? new Uint8Array(0);
    const hasHandle = userHandle.length > 0;
    const backupEligible = take("be", draft.backupEligible, !deps.assumeUnbacked);
    const backedUp = take("bs", draft.backedUp, backupEligible);
    const userName = take("userName", draft.userName, "");
    const names = { userName, userDisplayName: take("userDisplayName", draft.userDisplayName, userName) };
    const discoverable = take("discoverable", draft.discoverable, hasHandle) && hasHandle;
    const date = take("createdAt", draft.createdAt, null as number | null);
    const isDated = date !== null && date > 0 && date <= deps.now + DAY;
    if (date !== null && !isDated) warnings.add("timestamp-implausible");
    const counter = readCounter(draft.counter);
    if (counter === "unreadable") warnings.add("counter-unreadable");
    else if (counter !== null && counter > 0) warnings.add("counter-nonzero");
    if (!hasHandle) warnings.add("no-user-handle");
    if (draft.label !== null && draft.label !== LABELS[key.algorithm]) warnings.add("source-label-wrong");
    if (hasHandle && deps.hasAccount(rpId, userHandle)) warnings.add("same-account-exists");
    if (isBackFromTrash) warnings.add("back-from-trash");
    const hasUnknown = Object.keys(draft.unknown).length > 0;
    if (hasUnknown) warnings.add("unknown-members-kept");
    const texts = makeTexts(draft, names);
    if (Object.keys(texts.kept).length > 0) warnings.add("text-shortened");
    const secrets = makeSecrets(draft, {
      random: deps.random,
      sha256: (data) => deps.crypto.sha256(data),
    });
    for (const warning of secrets.warnings) warnings.add(warning);
    const provenance: Provenance = {
      format: deps.format,
      ...(deps.exporter === null ? {} : { exporter: deps.exporter.toWellFormed().slice(0, 256) }),
      ...(typeof counter === "number" ? { counter } : {}),
      ...(isDated ? {} : { undated: true }),
      ...(draft.rpName === null ? {} : { rpName: draft.rpName }),
      ...(draft.aaguid === null ? {} : { aaguid: draft.aaguid }),
      ...(draft.payments === null ? {} : { payments: draft.payments }),
      ...(draft.urls.length > 0 ? { urls: draft.urls } : {}),
      ...texts.kept,
      ...secrets.kept,
      ...(hasUnknown ? { unknown: draft.unknown } : {}),
    };
    if (encodeProvenance(provenance).isCut) warnings.add("members-too-large");
    const { protection } = draft;
    const item: ImportItem = {
      credentialId,
      rpId,
      userHandle,
      ...key,
      backupEligible,
      backedUp,
      discoverable,
      protection: protection === 2 || protection === 3 ? protection : 1,
      createdAt: isDated ? Math.floor(date) : deps.now,
      prfSeeds: secrets.prfSeeds,
      credBlob: secrets.credBlob,
      largeBlob: secrets.largeBlob,
      registers: texts.registers,
      provenance,
      isBackFromTrash,
    };
    return { row: makeRow(draft, "new", [...warnings], key, assumed), item };
  }

  function findProblem(draft: Draft): CannotReason | null {
    const { credentialId, rpId, userHandle, key } = draft;
    if (credentialId === null || rpId === null || key === null) return "field-missing";
    if (credentialId.length < 1 || credentialId.length > MAX_CREDENTIAL_ID_BYTES)
      return "credential-id-invalid";
    if (rpId.length > MAX_RP_ID_LENGTH || !rpId.isWellFormed() || !HOST_NAME.test(rpId))
      return "rp-id-invalid";
    if (userHandle !== null && userHandle.length > MAX_USER_HANDLE_BYTES) return "user-handle-too-long";
    const backupEligible = draft.backupEligible ?? !deps.assumeUnbacked;
    return !backupEligible && draft.backedUp === true ? "flags-invalid" : null;
  }
}

function findClash(
  known: { readonly rpId: string; readonly publicKey: Uint8Array },
  rpId: string,
  key: ReadKey,
): CannotReason | null {
  if (known.rpId !== rpId) return "credential-id-clash";
  return equalBytes(known.publicKey, key.publicKey) ? null : "key-mismatch";
}

/** Only what the file says can differ. */
function compare(draft: Draft, known: KnownPasskey): Reason[] {
  const differs = <T>(own: T | null, there: T | null): boolean => own !== null && own !== there;
  const names =
    differs(draft.userName, known.userName ?? "") ||
    differs(draft.userDisplayName, known.userDisplayName ?? "");
  const flags =
    differs(draft.backupEligible, known.backupEligible) ||
    differs(draft.backedUp, known.backedUp) ||
    differs(draft.discoverable, known.discoverable);
  return [...(names ? (["names-differ"] as const) : []), ...(flags ? (["flags-differ"] as const) : [])];
}

function readCounter(value: unknown): number | null | "unreadable" {
  if (value === undefined || value === null) return null;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : "unreadable";
}

function refuse(
  draft: Draft,
  outcome: Exclude<Outcome, "new">,
  reasons: Reason | readonly Reason[],
  key: ReadKey | null = null,
): Examined {
  const row = makeRow(draft, outcome, typeof reasons === "string" ? [reasons] : reasons, key, []);
  if (key !== null) wipe(key.privateKey);
  return { row, item: null };
}

const makeRow = (
  { at, rpId, userName }: Draft,
  outcome: Outcome,
  reasons: readonly Reason[],
  key: ReadKey | null,
  assumed: readonly Assumed[],
): Row => ({
  at,
  rpId,
  userName,
  algorithm: key?.algorithm ?? null,
  outcome,
  reasons: [...reasons].sort(),
  assumed: [...assumed].sort(),
});
