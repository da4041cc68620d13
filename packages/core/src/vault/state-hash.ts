/**
 * One hash over everything that a vault shows (sync-protocol.md § 6): devices with the same entries have the same, and a new epoch's
 * document can be checked against the old one's, although every secret in it was sealed anew.
 *
 *   state = schema ‖ [[key, [value…]]…]     keys in code unit order, settings under `/NAME`; each value as its CBOR bytes: the one
 *                                           that is shown, then the others in bytewise order
 *
 * In a credential record of version 1 the public key stands for each sealed secret, and as many zeros for a sealed
 * large blob.
 */
import { compareBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isVaultError } from "../errors.ts";
import { eachPasskey } from "./cells.ts";
import { decodeCredentialRecord, withoutSecrets } from "./credential-record.ts";
import type { VaultDocument } from "./document.ts";
import { CORE, isSealed, registerKey, type RegisterValue } from "./schema.ts";

/** H(state): 32 bytes. */
export function deriveStateHash(document: VaultDocument): Uint8Array {
  const lines: [string, CborValue[]][] = [];
  const cells = document.cells();
  for (const [id, { registers, contested }] of eachPasskey(cells)) {
    for (const [register, value] of registers) {
      const values = contested.has(register) ? document.valuesOf(id, register) : [value];
      lines.push([registerKey(id, register), orderValues(values.map((each) => hideSecrets(register, each)))]);
    }
  }
  for (const name of cells.settings.keys())
    lines.push([`/${name}`, orderValues(document.valuesOfSetting(name))]);
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return hash(LABELS.stateHash, document.schema(), lines);
}

/** The shown value is the last; the order of the others, and how often one occurs, is history and not state. */
function orderValues(values: readonly RegisterValue[]): CborValue[] {
  const [shown, ...others] = values.toReversed().map(encodeCbor);
  const sorted = others
    .sort(compareBytes)
    .filter((other, i, all) => i === 0 || compareBytes(other, all[i - 1] as Uint8Array) !== 0);
  return [shown as Uint8Array, ...sorted.filter((other) => compareBytes(other, shown as Uint8Array) !== 0)];
}

function hideSecrets(register: string, value: RegisterValue): RegisterValue {
  if (!(value instanceof Uint8Array)) return value;
  if (isSealed(register)) return new Uint8Array(value.length);
  if (register !== CORE) return value;
  try {
    return withoutSecrets(decodeCredentialRecord(value));
  } catch (error) {
    // Of a newer version: kept byte for byte.
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return value;
    throw error;
  }
}
