/**
 * How long the signing tier stays open after the system opened it: minutes, 0 as it comes. A setting of this device alone, sealed in the
 * vault's file: whoever changes the file from outside does not make it longer.
 *
 *   meta / "stay-open" = sealed [1, minutes]
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import type { DeviceHost } from "@latchkey/device-host/device-host";

const KEY = encodeUtf8("stay-open");
const VERSION = 1;
/** More would be another word for "always". */
export const MAX_STAY_OPEN_MINUTES = 60;

/** 0 for what cannot be read, too: on any doubt the tier closes. Throws `LK-VAULT-LOCKED`. */
export async function readStayOpen({ deps, opened }: DeviceHost): Promise<number> {
  const row = await deps.store.get("meta", KEY);
  const plaintext = row === null ? null : opened.rows.open("meta", row);
  if (plaintext === null) return 0;
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "stay-open", 2);
    return fields.uint("version") === VERSION ? fields.uint("minutes", MAX_STAY_OPEN_MINUTES) : 0;
  });
}

/** Throws `LK-VAULT-LOCKED`. */
export async function writeStayOpen({ deps, opened }: DeviceHost, minutes: number): Promise<void> {
  await deps.store.commit([opened.rows.seal("meta", KEY, encodeCbor([VERSION, minutes]))]);
}
