/**
 * Passkeys as the rest of Latchkey sees them: one object for each, made from the registers of its credential id. Not the place for
 * secrets: `credential-secret.ts` opens those.
 */
import { compareBytes } from "../bytes/equal.ts";
import { isVaultError } from "../errors.ts";
import { type PasskeyCells, readWrittenRegister } from "./cells.ts";
import { type OfferedValue, readOffered } from "./conflicts.ts";
import { type CredentialRecord, decodeCredentialRecord } from "./credential-record.ts";
import type { Backend } from "./genesis.ts";
import type { ChangeIndex } from "./history.ts";
import { CORE, type PasskeyId, TAG_PREFIX } from "./schema.ts";
import { type Deletion, readDeletion } from "./trash.ts";

interface PasskeyFields {
  readonly id: PasskeyId;
  /** The person's own name for it; `null` when never set. */
  readonly title: string | null;
  /** WebAuthn `user.name` and `user.displayName`, as the site last gave them. */
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly note: string | null;
  /** In code unit order. */
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly archived: boolean;
  /** Values of other devices that lost against the ones above. */
  readonly offered: readonly OfferedValue[];
  readonly deletion: Deletion | null;
}

/** `needs-attention`: it has no record, one of a newer version, or two that cannot both be true. It is kept as it is. */
export type Passkey = PasskeyFields &
  (
    | { readonly state: "live" | "deleted"; readonly record: CredentialRecord }
    | { readonly state: "needs-attention"; readonly record: null }
  );

/** Whether the secret of a record opens; asked only where two records stand under one id. Needs the signing tier. */
export type OpensSecret = (record: CredentialRecord) => boolean;

/** The passkey of `cells`. Without `opensSecret` the lower of two records is taken. */
export function readPasskey(
  backend: Backend,
  changes: ChangeIndex,
  id: PasskeyId,
  cells: PasskeyCells,
  opensSecret?: OpensSecret,
): Passkey {
  const { registers } = cells;
  const text = (register: string): string | null => {
    const value = registers.get(register);
    return typeof value === "string" ? value : null;
  };
  const deletion = readDeletion(backend, changes, id, cells);
  const record = readRecord(backend, id, cells, opensSecret);
  const fields = {
    id,
    title: text("title"),
    userName: text("name"),
    userDisplayName: text("display-name"),
    note: text("note"),
    tags: readTags(cells),
    favourite: registers.get("favourite") === true,
    archived: registers.get("archived") === true,
    offered: readOffered(backend, id, cells),
    deletion,
  };
  if (record === null) return { ...fields, state: "needs-attention", record };
  return { ...fields, state: deletion === null ? "live" : "deleted", record };
}

function readTags({ registers }: PasskeyCells): string[] {
  const tags: string[] = [];
  for (const register of registers.keys()) {
    if (register.startsWith(TAG_PREFIX)) tags.push(register.slice(TAG_PREFIX.length));
  }
  return tags.sort();
}

/**
 * sync-protocol.md § 3: of two records for one id the one whose secret opens wins, then the lower one. Records that name different
 * sites cannot both be true: while more than one site is left, nobody is signed in with either.
 */
function readRecord(
  backend: Backend,
  id: PasskeyId,
  cells: PasskeyCells,
  opensSecret?: OpensSecret,
): CredentialRecord | null {
  if (!cells.contested.has(CORE)) return decodeOrNull(cells.registers.get(CORE));
  const records = readWrittenRegister(backend, id, CORE)
    .map(({ value }) => value)
    .filter((value) => value instanceof Uint8Array)
    .sort(compareBytes)
    .map(decodeOrNull)
    .filter((record) => record !== null);
  const opening = opensSecret === undefined ? [] : records.filter(opensSecret);
  const left = opening.length > 0 ? opening : records;
  return new Set(left.map(({ rpId }) => rpId)).size === 1 ? (left[0] ?? null) : null;
}

function decodeOrNull(value: unknown): CredentialRecord | null {
  if (!(value instanceof Uint8Array)) return null;
  try {
    return decodeCredentialRecord(value);
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}
