/**
 * What this device has said yes to, or will when the time comes: for each new device when its probation ends by this one's word, and the approval
 * for the present log, made while the signing tier was open. A device that is merely switched on gives it out; it cannot make one.
 *
 *   row  meta / "withheld/" ‖ entry public key(32) = sealed [due ms, [log id, approval] | null]
 *
 * The row stays while the device is a member: a record whose maker had not heard of the approval puts it on probation again, and then the yes
 * still holds.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { SIGNING_PUBLIC_KEY_BYTES } from "../crypto/signature.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import { type Approval, decodeApproval, encodeApproval } from "../membership/approval.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";

const PREFIX = encodeUtf8("withheld/");

export interface Withheld {
  /** The new device's. */
  readonly entryPublicKey: Uint8Array;
  /** Milliseconds since 1970, by this device's clock. */
  readonly due: number;
  /** `null` until the person is next verified here. */
  readonly approval: (Approval & { readonly logId: Uint8Array }) | null;
}

const keyOf = (entryPublicKey: Uint8Array): Uint8Array => concatBytes(PREFIX, entryPublicKey);

export function withheldRow(rows: LocalRows, { entryPublicKey, due, approval }: Withheld): RowChange {
  const made = approval === null ? null : [approval.logId, encodeApproval(approval)];
  return rows.seal("meta", keyOf(entryPublicKey), encodeCbor([due, made]));
}

export const dropWithheld = ({ entryPublicKey }: Withheld): RowChange => ({
  table: "meta",
  key: keyOf(entryPublicKey),
  value: null,
});

/** A damaged row is left out: then somebody says yes by hand. */
export async function readWithheld(store: DeviceStore, rows: LocalRows): Promise<readonly Withheld[]> {
  const all: Withheld[] = [];
  for (const row of await store.scan("meta", PREFIX)) {
    const plaintext = rows.open("meta", row);
    if (plaintext === null || row.key.length !== PREFIX.length + SIGNING_PUBLIC_KEY_BYTES) continue;
    all.push(readRow(row.key.slice(PREFIX.length), plaintext));
  }
  return all;
}

function readRow(entryPublicKey: Uint8Array, plaintext: Uint8Array): Withheld {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "withheld row", 2);
    const due = fields.uint("due");
    const approval = fields.optional((f) => {
      const made = new Fields(f.value(), "withheld approval", 2);
      const logId = made.bytes("log id", LOG_ID_BYTES);
      return { logId, ...decodeApproval(made.value()) };
    });
    return { entryPublicKey, due, approval };
  });
}
