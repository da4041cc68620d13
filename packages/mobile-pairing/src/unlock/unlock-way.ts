/**
 * How this copy is unlocked, as a row of its own in clear: it must be known before anything is open. It names a public credential id, which
 * opens nothing.
 *
 *   meta/unlock-by = "passphrase", or "webauthn-prf " ‖ base64url(credential id)
 */
import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from "@latchkey/core/bytes/text";
import { VaultError } from "@latchkey/core/errors";
import type { DeviceStore, RowChange } from "@latchkey/core/storage/device-store";

export type UnlockWay =
  | { readonly by: "passphrase" }
  | { readonly by: "device"; readonly credentialId: Uint8Array };

const KEY = encodeUtf8("unlock-by");
const PRF = "webauthn-prf ";

export function unlockWayRow(way: UnlockWay): RowChange {
  const text = way.by === "passphrase" ? way.by : PRF + encodeBase64url(way.credentialId);
  return { table: "meta", key: KEY, value: encodeUtf8(text) };
}

/** Throws `LK-KEY-DAMAGED`. */
export async function readUnlockWay(store: DeviceStore): Promise<UnlockWay> {
  const row = await store.get("meta", KEY);
  const text = row?.value == null ? null : decodeUtf8(row.value);
  if (text === "passphrase") return { by: text };
  const credentialId = text?.startsWith(PRF) === true ? decodeBase64url(text.slice(PRF.length)) : null;
  if (credentialId === null) throw new VaultError("LK-KEY-DAMAGED", "row that says how to unlock is damaged");
  return { by: "device", credentialId };
}
