/**
 * Members of earlier epochs that are not in the present one. A record that one of them made before it was put out may still come, and is
 * judged with the others: for that its keys must be known.
 *
 *   row  meta / "former-members" = sealed [[record hash, member record], …]
 */
import { encodeHex, encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { type MemberRecord, readNamedMemberRecord } from "../membership/member-record.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";

const KEY = encodeUtf8("former-members");
/** Lost and replaced devices of many years; of more the oldest are forgotten, and a late record of theirs is not taken. */
const MAX_FORMER = 256;
const MAX_MEMBER_RECORD_BYTES = 8_192;

export function sealFormerMembers(rows: LocalRows, former: readonly MemberRecord[]): RowChange {
  const kept = [...new Map(former.map((member) => [encodeHex(member.hash), member])).values()];
  const list = kept.slice(-MAX_FORMER).map(({ hash, bytes }) => [hash, bytes]);
  return rows.seal("meta", KEY, encodeCbor(list));
}

/** None when the row is missing or damaged. */
export async function readFormerMembers(
  store: DeviceStore,
  rows: LocalRows,
): Promise<readonly MemberRecord[]> {
  const row = await store.get("meta", KEY);
  const plaintext = row === null ? null : rows.open("meta", row);
  if (plaintext === null) return [];
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) =>
    new Fields([value], "former members row", 1).list("members", MAX_FORMER, (item) => {
      const fields = new Fields(item, "former member", 2);
      const hash = fields.bytes("record hash", HASH_BYTES);
      return readNamedMemberRecord(fields.bytes("record", { min: 1, max: MAX_MEMBER_RECORD_BYTES }), [hash]);
    }),
  );
}
