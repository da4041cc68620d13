/**
 * Passkeys whose making was answered, but whose answer may not have arrived: the client gave up, or this process died on the way. The site then
 * knows nothing of them, and the person is offered to delete them. A sign-in with one shows that the site does.
 *
 *   meta / "unconfirmed" = sealed [1, [[credential id, ms since 1970], …]]
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { equalBytes } from "@latchkey/core/bytes/equal";
import type { JsonObject } from "@latchkey/device-host/json";
import type { DeviceHost } from "@latchkey/device-host/device-host";

const KEY = encodeUtf8("unconfirmed");
const VERSION = 1;
/** Older ones are forgotten first: they are ordinary passkeys all the same. */
const KEPT = 64;
const CREDENTIAL_ID_BYTES = { min: 1, max: 1_023 };

export interface Unconfirmed {
  readonly credentialId: Uint8Array;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** None for what cannot be read. Throws `LK-VAULT-LOCKED`. */
export async function readUnconfirmed({ deps, opened }: DeviceHost): Promise<readonly Unconfirmed[]> {
  const row = await deps.store.get("meta", KEY);
  const plaintext = row === null ? null : opened.rows.open("meta", row);
  if (plaintext === null) return [];
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "unconfirmed", 2);
    if (fields.uint("version") !== VERSION) return [];
    return fields.list("entries", KEPT, (entry) => {
      const parts = new Fields(entry, "entry", 2);
      return { credentialId: parts.bytes("credential id", CREDENTIAL_ID_BYTES), at: parts.uint("at") };
    });
  });
}

/** Throws `LK-VAULT-LOCKED`. */
export async function writeUnconfirmed(
  { deps, opened }: DeviceHost,
  entries: readonly Unconfirmed[],
): Promise<void> {
  const listed = entries.slice(-KEPT).map(({ credentialId, at }) => [credentialId, at]);
  await deps.store.commit([opened.rows.seal("meta", KEY, encodeCbor([VERSION, listed]))]);
}

/** Those that are still in the vault, as a command shows them. Throws `LK-VAULT-LOCKED`. */
export async function describeUnconfirmed(host: DeviceHost): Promise<JsonObject[]> {
  const entries = await readUnconfirmed(host);
  if (entries.length === 0) return [];
  const passkeys = (await host.device()).state.document.list();
  return entries.flatMap(({ credentialId, at }) =>
    passkeys
      .filter(
        ({ record, state }) =>
          state === "live" && record !== null && equalBytes(record.credentialId, credentialId),
      )
      .map(({ id, record, userName }) => ({
        id,
        site: record?.rpId ?? null,
        user: userName,
        at: new Date(at).toISOString(),
      })),
  );
}
