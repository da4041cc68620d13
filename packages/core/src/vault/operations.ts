/**
 * What a person's act does to the document, as path-level puts and deletes (sync-protocol.md §§ 3, 4): the form in which the journal
 * keeps it. Expanding an operation reads the present values and changes nothing.
 */
import { VaultError } from "../errors.ts";
import { type Cells, findPasskeyCells } from "./cells.ts";
import { type CredentialRecord, encodeCredentialRecord } from "./credential-record.ts";
import { formatOperationId, type OperationId } from "./operation-id.ts";
import {
  CORE,
  credentialIdOf,
  deriveShard,
  findRegisterProblem,
  findSettingProblem,
  isEditable,
  passkeyId,
  type PasskeyId,
  registerKey,
  type RegisterValue,
  TOMBSTONE_PREFIX,
} from "./schema.ts";
import { encodeTombstone } from "./tombstone.ts";

export type VaultOperation =
  | {
      readonly type: "create";
      readonly record: CredentialRecord;
      /** Names, title, tags that it starts with. */
      readonly registers?: ReadonlyMap<string, RegisterValue>;
    }
  | { readonly type: "put"; readonly id: PasskeyId; readonly register: string; readonly value: RegisterValue }
  | { readonly type: "clear"; readonly id: PasskeyId; readonly register: string }
  | {
      readonly type: "delete";
      readonly id: PasskeyId;
      readonly operation: OperationId;
      /** Days since 1970, for display. */
      readonly day: number;
      readonly replacedBy: Uint8Array | null;
    }
  /** Cancels every tombstone that is there; one set at the same time elsewhere keeps the passkey deleted. */
  | { readonly type: "restore"; readonly id: PasskeyId }
  | { readonly type: "put-setting"; readonly name: string; readonly value: RegisterValue }
  | { readonly type: "clear-setting"; readonly name: string };

/** One put (or, with `null`, delete) of a key. */
export interface Write {
  readonly container: number | "settings";
  readonly key: string;
  readonly value: RegisterValue | null;
  /** What it replaces: of several values the one that was shown. `null` when there was none. */
  readonly replaced: RegisterValue | null;
}

/**
 * The writes of `operations`, in order; of two to one key the later counts. Throws `LK-VAULT-NOT-FOUND`, `LK-VAULT-LIMIT` for a
 * value that no device would accept, `LK-ENTRY-FORBIDDEN` for an act against the rules.
 */
export function expandOperations(cells: Cells, operations: readonly VaultOperation[]): Write[] {
  const writes = new Map<string, Write>();
  for (const operation of operations) {
    for (const write of expandOperation(cells, operation))
      writes.set(`${write.container} ${write.key}`, write);
  }
  return [...writes.values()];
}

function expandOperation(cells: Cells, operation: VaultOperation): Write[] {
  switch (operation.type) {
    case "create":
      return expandCreate(cells, operation.record, operation.registers ?? new Map());
    case "put":
      return [writeEditable(cells, operation.id, operation.register, operation.value)];
    case "clear":
      return [writeEditable(cells, operation.id, operation.register, null)].filter(
        ({ replaced }) => replaced !== null,
      );
    case "delete": {
      findPasskey(cells, operation.id);
      const register = TOMBSTONE_PREFIX + formatOperationId(operation.operation);
      return [writeRegister(cells, operation.id, register, encodeTombstone(operation))];
    }
    case "restore":
      return [...findPasskey(cells, operation.id).registers.keys()]
        .filter((register) => register.startsWith(TOMBSTONE_PREFIX))
        .map((register) => writeRegister(cells, operation.id, register, null));
    case "put-setting":
      return [writeSetting(cells, operation.name, operation.value)];
    case "clear-setting":
      break;
  }
  return [writeSetting(cells, operation.name, null)].filter(({ replaced }) => replaced !== null);
}

function expandCreate(
  cells: Cells,
  record: CredentialRecord,
  registers: ReadonlyMap<string, RegisterValue>,
): Write[] {
  const id = passkeyId(record.credentialId);
  if (findPasskeyCells(cells, id)?.registers.has(CORE) === true) {
    throw new VaultError("LK-ENTRY-FORBIDDEN", "passkey with this credential id exists");
  }
  const core = writeRegister(cells, id, CORE, encodeCredentialRecord(record));
  return [core, ...[...registers].map(([register, value]) => writeOwn(cells, id, register, value))];
}

function writeEditable(cells: Cells, id: PasskeyId, register: string, value: RegisterValue | null): Write {
  findPasskey(cells, id);
  return writeOwn(cells, id, register, value);
}

function writeOwn(cells: Cells, id: PasskeyId, register: string, value: RegisterValue | null): Write {
  if (!isEditable(register))
    throw new VaultError("LK-ENTRY-FORBIDDEN", `register ${register} is not editable`);
  return writeRegister(cells, id, register, value);
}

function writeRegister(cells: Cells, id: PasskeyId, register: string, value: RegisterValue | null): Write {
  const credentialId = credentialIdOf(id);
  if (credentialId === null) throw new VaultError("LK-VAULT-NOT-FOUND", "passkey id names no passkey");
  if (value !== null) checkLimit(findRegisterProblem(credentialId, register, value));
  return {
    container: deriveShard(credentialId),
    key: registerKey(id, register),
    value,
    replaced: findPasskeyCells(cells, id)?.registers.get(register) ?? null,
  };
}

function writeSetting(cells: Cells, name: string, value: RegisterValue | null): Write {
  if (value !== null) checkLimit(findSettingProblem(name, value));
  return { container: "settings", key: name, value, replaced: cells.settings.get(name) ?? null };
}

function findPasskey(cells: Cells, id: PasskeyId) {
  const found = findPasskeyCells(cells, id);
  if (found === undefined) throw new VaultError("LK-VAULT-NOT-FOUND", "passkey is not in this vault");
  return found;
}

function checkLimit(problem: string | null): void {
  if (problem !== null) throw new VaultError("LK-VAULT-LIMIT", problem);
}
