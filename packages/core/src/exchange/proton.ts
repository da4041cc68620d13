/**
 * Reads Proton Pass's zip, as an experiment: the layout is known from its open clients, not from a published description. What does not fit it
 * exactly is `layout-unknown`, never a guess. The private key is a COSE-like structure in MessagePack; PKCS#8 is made from its scalar.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeDer } from "../crypto/der.ts";
import { type Draft, type Drafts, type JsonMembers, type JsonValue, makeDraft } from "./draft.ts";
import { INTEGER, OBJECT_ID, OCTETS, SEQUENCE } from "./der-reader.ts";
import { bytesOf, checkItemCount, isMembers, listOf, memberOf, secondsOf, textOf } from "./json-file.ts";
import { type Packed, type PackedMap, readMessagePack } from "./message-pack.ts";

const TRASHED = 2;
const SCALAR_BYTES = 32;
const P256 = 1;
/** COSE_Key labels (RFC 9053 § 7.1). */
const CURVE = -1;
const SCALAR = -4;

export function readProton(file: JsonMembers): Drafts {
  const others: Record<string, number> = Object.create(null) as Record<string, number>;
  const drafts: Draft[] = [];
  const vaults = memberOf(file, "vaults");
  for (const [share, vault] of Object.entries(isMembers(vaults) ? vaults : {})) {
    const items = listOf(vault, "items");
    checkItemCount(items.length);
    for (const [i, item] of items.entries()) {
      const data = memberOf(item, "data");
      const passkeys = listOf(memberOf(data, "content"), "passkeys");
      const kind = textOf(data, "type") ?? "unknown";
      if (passkeys.length === 0) others[kind] = (others[kind] ?? 0) + 1;
      for (const [j, passkey] of passkeys.entries())
        drafts.push(readPasskey(`vaults.${share}.items[${i}].data.content.passkeys[${j}]`, item, passkey));
    }
  }
  return { exporter: null, drafts, others: { ...others } };
}

function readPasskey(at: string, item: JsonValue, passkey: JsonValue): Draft {
  const content = bytesOf(passkey, "content");
  const inner = content === null ? null : readContent(content);
  if (inner === null) return makeDraft(at, { cannot: "layout-unknown", rpId: textOf(passkey, "rpId") });
  const metadata = memberOf(memberOf(item, "data"), "metadata");
  return makeDraft(at, {
    credentialId: bytesOf(passkey, "credentialId"),
    rpId: textOf(passkey, "rpId"),
    key: inner.key,
    userHandle: bytesOf(passkey, "userHandle"),
    userName: textOf(passkey, "userName"),
    userDisplayName: textOf(passkey, "userDisplayName"),
    rpName: textOf(passkey, "rpName"),
    counter: inner.counter,
    prf: inner.prf,
    createdAt: secondsOf(passkey, "createTime"),
    title: textOf(metadata, "name"),
    note: textOf(passkey, "note") || null,
    isTrashed: memberOf(item, "state") === TRASHED,
  });
}

interface Content {
  readonly key: Uint8Array;
  readonly counter: unknown;
  readonly prf: Draft["prf"];
}

function readContent(content: Uint8Array): Content | null {
  const outer = mapOf(readMessagePack(content));
  const bytes = outer?.["v"] === 1 ? listOfBytes(outer["c"]) : null;
  const inner = bytes === null ? null : mapOf(readMessagePack(bytes));
  if (inner === null) return null;
  const scalar = readScalar(inner["key"]);
  if (scalar === null) return null;
  const prf = readSeeds(mapOf(inner["ext"])?.["hmac_secret"]);
  if (prf === "malformed") return null;
  return { key: encodeKey(scalar), counter: inner["cnt"] ?? undefined, prf };
}

const mapOf = (value: Packed | undefined): PackedMap | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? (value as PackedMap)
    : null;

/** Bytes are written as arrays of integers. */
function listOfBytes(value: Packed | undefined): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) return null;
  const isByte = (each: unknown): boolean => Number.isInteger(each) && (each as number) >>> 8 === 0;
  return value.every(isByte) ? Uint8Array.from(value as number[]) : null;
}

/** `par`: pairs of a label and a value, each as {t, c}. Only P-256 is known there. */
function readScalar(key: Packed | undefined): Uint8Array | null {
  const parameters = mapOf(key)?.["par"];
  if (!Array.isArray(parameters)) return null;
  const values = new Map<number, Packed>();
  for (const pair of parameters) {
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    const label = readInteger(pair[0] as Packed);
    if (label === null) return null;
    values.set(label, pair[1] as Packed);
  }
  if (readInteger(values.get(CURVE)) !== P256) return null;
  const scalar = mapOf(values.get(SCALAR));
  const bytes = scalar?.["t"] === "bytes" ? listOfBytes(scalar["c"]) : null;
  return bytes?.length === SCALAR_BYTES ? bytes : null;
}

/** {t: "int", c: {inner: [16 bytes, little-endian]}}, or the number itself in place of `c`. */
function readInteger(value: Packed | undefined): number | null {
  const map = mapOf(value);
  if (map?.["t"] !== "int") return null;
  const content = map["c"];
  if (typeof content === "number") return content;
  const bytes = listOfBytes(mapOf(content)?.["inner"]);
  if (bytes?.length !== 16) return null;
  const low = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const rest = low < 0 ? 0xff : 0;
  return bytes.subarray(4).every((byte) => byte === rest) ? low : null;
}

function readSeeds(value: Packed | undefined): Draft["prf"] | "malformed" {
  if (value === undefined || value === null) return null;
  const map = mapOf(value);
  const withUv = listOfBytes(map?.["cred_with_uv"]);
  if (withUv === null) return "malformed";
  return { isKnown: true, withUv, withoutUv: listOfBytes(map?.["cred_without_uv"]) };
}

const OIDS = [
  Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01),
  Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
];

const encodeKey = (scalar: Uint8Array): Uint8Array =>
  encodeDer(
    SEQUENCE,
    Uint8Array.of(INTEGER, 1, 0),
    encodeDer(SEQUENCE, concatBytes(...OIDS.map((oid) => encodeDer(OBJECT_ID, oid)))),
    encodeDer(OCTETS, encodeDer(SEQUENCE, Uint8Array.of(INTEGER, 1, 1), encodeDer(OCTETS, scalar))),
  );
