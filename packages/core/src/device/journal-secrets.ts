/** The secrets in this device's own operations: which writes carry one, and how it is sealed anew under another epoch's key. */
import { isVaultError } from "../errors.ts";
import { type CredentialRecord, decodeCredentialRecord } from "../vault/credential-record.ts";
import type { KeptOperation, KeptWrite } from "../vault/reissue.ts";
import { resealRecord, resealRegister, type SecretKeys } from "../vault/reseal.ts";
import { CORE, isSealed, type PasskeyId, splitKey } from "../vault/schema.ts";
import type { Device } from "./device.ts";

export const passkeyOf = ({ container, key }: KeptWrite): PasskeyId | null =>
  container === "settings" ? null : (splitKey(key)?.id ?? null);

const registerOf = ({ container, key }: KeptWrite): string | null =>
  container === "settings" ? null : (splitKey(key)?.register ?? null);

export const isCore = (write: KeptWrite): boolean => registerOf(write) === CORE;

export const carriesSecret = (write: KeptWrite): boolean =>
  write.value instanceof Uint8Array && (isCore(write) || isSealed(registerOf(write)));

/** The write with its secret sealed anew, or as it is when it carries none; `null` when the secret does not open. `linked`: operations that may hold its passkey's record. */
export function resealWrite(
  device: Device,
  linked: readonly KeptOperation[],
  write: KeptWrite,
  keys: SecretKeys,
): KeptWrite | null {
  if (!carriesSecret(write) || !(write.value instanceof Uint8Array)) return write;
  try {
    if (isCore(write)) return { ...write, value: resealRecord(write.value, keys) };
    const register = registerOf(write);
    const record = findRecord(device, linked, passkeyOf(write) as PasskeyId);
    if (record === null || !isSealed(register)) return null;
    return { ...write, value: resealRegister(record, register, write.value, keys) };
  } catch (error) {
    if (isVaultError(error, "LK-KEY-SECRET-REFUSED") || isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}

/** Of a passkey in the vault, or of one that was made with it. */
function findRecord(
  device: Device,
  linked: readonly KeptOperation[],
  id: PasskeyId,
): CredentialRecord | null {
  const present = device.state.document.get(id)?.record;
  if (present != null) return present;
  const core = linked
    .flatMap(({ writes }) => writes)
    .find((write) => isCore(write) && passkeyOf(write) === id);
  return core?.value instanceof Uint8Array ? decodeCredentialRecord(core.value) : null;
}
