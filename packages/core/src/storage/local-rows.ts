/**
 * What a device keeps for itself, sealed under its local key and bound to its place: a row that was moved, exchanged or changed does
 * not open. Names of devices, sites and accounts so never lie in the file in clear.
 */
import { deriveKey } from "../crypto/hash.ts";
import { joinSealed, sealBytes, splitSealed, tryOpenBytes } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { isVaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { Row, RowChange, Table } from "./device-store.ts";

export interface LocalRows {
  seal(table: Table, key: Uint8Array, plaintext: Uint8Array): RowChange;
  /** The plaintext, or `null` when the row is damaged. */
  open(table: Table, row: Row): Uint8Array | null;
  /** The row key under which the passkeys of a site are found: says nothing about the site to whoever has only the file. */
  deriveSignInKey(rpId: string): Uint8Array;
}

export function createLocalRows(localKey: Uint8Array, random: Random): LocalRows {
  const sealKey = deriveKey(localKey, LABELS.localSealKey);
  return {
    seal: (table, key, plaintext) => ({
      table,
      key,
      value: joinSealed(sealBytes(sealKey, LABELS.localRowSeal, [table, key], plaintext, random)),
    }),
    open(table, { key, value }) {
      if (value === null) return null;
      try {
        return tryOpenBytes(
          sealKey,
          LABELS.localRowSeal,
          [table, key],
          splitSealed(value, "LK-VAULT-DAMAGED"),
        );
      } catch (error) {
        if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
        throw error;
      }
    },
    deriveSignInKey: (rpId) => deriveKey(localKey, LABELS.signInRow, [rpId]),
  };
}
