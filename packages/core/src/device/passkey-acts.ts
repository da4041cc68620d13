/** What a person or the authenticator does to passkeys: each one act, saved when it resolves. */
import { VaultError } from "../errors.ts";
import type { CredentialRecord } from "../vault/credential-record.ts";
import type { VaultOperation } from "../vault/operations.ts";
import { type PasskeyId, passkeyId, type RegisterValue } from "../vault/schema.ts";
import type { Device } from "./device.ts";

/** The texts that a passkey starts with, as the site gave them. */
export interface PasskeyNames {
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly rpName: string | null;
}

/**
 * Adds a passkey. Those of the same account that it takes the place of go to the trash in the same act, so no device ever sees
 * neither or both.
 */
export async function createPasskey(
  device: Device,
  record: CredentialRecord,
  names: PasskeyNames,
  replaces: readonly Uint8Array[],
): Promise<void> {
  const registers = new Map<string, RegisterValue>();
  if (names.userName !== null) registers.set("name", names.userName);
  if (names.userDisplayName !== null) registers.set("display-name", names.userDisplayName);
  if (names.rpName !== null) registers.set("title", names.rpName);
  await device.act((_, operation) => [
    { type: "create", record, registers },
    ...replaces.map((replaced): VaultOperation => ({
      type: "delete",
      id: passkeyId(replaced),
      operation,
      day: device.today(),
      replacedBy: record.credentialId,
    })),
  ]);
}

/** Undoes a `createPasskey` whose client is gone: the new one to the trash, what it replaced back. */
export async function takeBackPasskey(
  device: Device,
  credentialId: Uint8Array,
  replaced: readonly Uint8Array[],
): Promise<void> {
  await device.act((_, operation) => [
    { type: "delete", id: passkeyId(credentialId), operation, day: device.today(), replacedBy: null },
    ...replaced.map((id): VaultOperation => ({ type: "restore", id: passkeyId(id) })),
  ]);
}

export function deletePasskey(device: Device, id: PasskeyId): Promise<boolean> {
  return device.act(({ document }, operation) => {
    if (document.get(id)?.state === "deleted") return [];
    return [{ type: "delete", id, operation, day: device.today(), replacedBy: null }];
  });
}

export function restorePasskey(device: Device, id: PasskeyId): Promise<boolean> {
  return device.act(() => [{ type: "restore", id }]);
}

/** Sets a register, or with `null` clears it. */
export function editPasskey(
  device: Device,
  id: PasskeyId,
  register: string,
  value: RegisterValue | null,
): Promise<boolean> {
  return device.act(() => [
    value === null ? { type: "clear", id, register } : { type: "put", id, register, value },
  ]);
}

/**
 * Decides a field that two devices set differently: `index` 0 keeps the value that is shown, 1 and up take an offered one. Either way the
 * others stop being offered. Throws `LK-VAULT-NOT-FOUND` when there is no such value.
 */
export function resolveConflict(
  device: Device,
  id: PasskeyId,
  register: string,
  index: number,
): Promise<boolean> {
  return device.act(({ document }) => {
    const offered = document.get(id)?.offered.filter((value) => value.register === register) ?? [];
    const first = offered[0];
    const value = index === 0 ? first?.kept : offered[index - 1]?.value;
    if (first === undefined || value === undefined) {
      throw new VaultError("LK-VAULT-NOT-FOUND", `${register} has no value ${index} to choose`);
    }
    return [{ type: "put", id, register, value }];
  });
}
