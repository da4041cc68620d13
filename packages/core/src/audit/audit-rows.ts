/**
 * Where a device keeps activity logs, its own and those that came from the others: sealed rows, bound to their places.
 *
 *   audit  device(32) ‖ number u64 ‖ line hash(8)  = sealed signed line       two lines of one number can so both be kept, and shown
 *   meta   "audit"                                 = sealed [first number kept, next number, prev(32)]      this device's own log
 *   meta   "audit-sent"                            = sealed [number up to which the others were sent this log]
 *   meta   "audit-tip/" ‖ device(32)               = sealed [number, line hash(32)]         how far another's log is known to go
 *   meta   "audit-keys"                            = sealed [[log id(16), K_audit(32)], …]  by which this device reads subjects
 *
 * `device` is the entry public key: the same in every epoch.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { SIGNING_PUBLIC_KEY_BYTES } from "../crypto/signature.ts";
import { isVaultError } from "../errors.ts";
import type { DeviceStore, Row, RowChange } from "../storage/device-store.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import { decodeSignedLine, encodeSignedLine, hashLine, NO_LINE, type SignedLine } from "./audit-line.ts";

const OWN = encodeUtf8("audit");
const SENT = encodeUtf8("audit-sent");
const TIP = encodeUtf8("audit-tip/");
const KEYS = encodeUtf8("audit-keys");
const NUMBER_BYTES = 8;
const HASH_PREFIX_BYTES = 8;
const LOG_ID_BYTES = 16;
/** Epochs whose subjects can be read; the newest stay. */
const MAX_KEYS = 64;

const encodeNumber = (number: number): Uint8Array => {
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
};

export function lineRow(rows: LocalRows, device: Uint8Array, signed: SignedLine): RowChange {
  const suffix = hashLine(device, signed.line).subarray(0, HASH_PREFIX_BYTES);
  const key = concatBytes(device, encodeNumber(signed.line.number), suffix);
  return rows.seal("audit", key, encodeCbor(encodeSignedLine(signed)));
}

/** A kept line; `signed` is `null` where the row is damaged or is not what its place says. */
export interface KeptLine {
  readonly device: Uint8Array;
  readonly number: number;
  readonly signed: SignedLine | null;
  readonly key: Uint8Array;
}

/** Lines of one device, or of all: by device, then by number. */
export async function readLines(
  store: DeviceStore,
  rows: LocalRows,
  device: Uint8Array = new Uint8Array(),
): Promise<KeptLine[]> {
  return (await store.scan("audit", device)).map((row) => readLine(rows, row));
}

function readLine(rows: LocalRows, row: Row): KeptLine {
  const { key } = row;
  const device = key.slice(0, SIGNING_PUBLIC_KEY_BYTES);
  const view = new DataView(key.buffer, key.byteOffset + SIGNING_PUBLIC_KEY_BYTES);
  const number = Number(view.getBigUint64(0));
  const plaintext = rows.open("audit", row);
  const signed = plaintext === null ? null : decodeRow(plaintext, decodeSignedLine);
  return { device, number, signed: signed?.line.number === number ? signed : null, key };
}

/** Where this device's own log stands. */
export interface OwnLog {
  /** Lines before it went by their age. */
  readonly first: number;
  readonly next: number;
  readonly prev: Uint8Array;
}

const EMPTY: OwnLog = { first: 1, next: 1, prev: NO_LINE };

/** From its row; where that is gone or behind, from the lines. */
export async function readOwnLog(store: DeviceStore, rows: LocalRows, own: Uint8Array): Promise<OwnLog> {
  const kept = await openMeta(store, rows, OWN, (value) => {
    const fields = new Fields(value, "audit row", 3);
    return {
      first: fields.uint("first"),
      next: fields.uint("next"),
      prev: fields.bytes("prev", HASH_BYTES),
    };
  });
  const log = kept ?? EMPTY;
  const isBehind = (await store.scan("audit", concatBytes(own, encodeNumber(log.next)))).length > 0;
  if (kept !== null && !isBehind) return kept;
  const last = (await readLines(store, rows, own)).findLast(({ signed }) => signed !== null);
  if (last?.signed == null) return log;
  return { first: log.first, next: last.number + 1, prev: hashLine(own, last.signed.line) };
}

export const ownLogRow = (rows: LocalRows, { first, next, prev }: OwnLog): RowChange =>
  rows.seal("meta", OWN, encodeCbor([first, next, prev]));

export async function readSent(store: DeviceStore, rows: LocalRows): Promise<number> {
  const sent = await openMeta(store, rows, SENT, (value) => new Fields(value, "sent row", 1).uint("sent"));
  return sent ?? 0;
}

export const sentRow = (rows: LocalRows, number: number): RowChange =>
  rows.seal("meta", SENT, encodeCbor([number]));

/** How far a log is known to go. */
export interface AuditTip {
  readonly number: number;
  readonly hash: Uint8Array;
}

export const tipRow = (rows: LocalRows, device: Uint8Array, { number, hash }: AuditTip): RowChange =>
  rows.seal("meta", concatBytes(TIP, device), encodeCbor([number, hash]));

export const readTip = (store: DeviceStore, rows: LocalRows, device: Uint8Array): Promise<AuditTip | null> =>
  openMeta(store, rows, concatBytes(TIP, device), (value) => {
    const fields = new Fields(value, "audit tip", 2);
    return { number: fields.uint("number"), hash: fields.bytes("hash", HASH_BYTES) };
  });

/** The keys of subjects, the newest last. */
export async function readAuditKeys(
  store: DeviceStore,
  rows: LocalRows,
): Promise<readonly { readonly logId: Uint8Array; readonly key: Uint8Array }[]> {
  const keys = await openMeta(store, rows, KEYS, (value) =>
    new Fields([value], "audit keys", 1).list("keys", MAX_KEYS, (item) => {
      const fields = new Fields(item, "audit key", 2);
      return { logId: fields.bytes("log id", LOG_ID_BYTES), key: fields.bytes("key", HASH_BYTES) };
    }),
  );
  return keys ?? [];
}

/** The row with this key, or none when it is kept already. */
export async function keepAuditKey(
  store: DeviceStore,
  rows: LocalRows,
  logId: Uint8Array,
  key: Uint8Array,
): Promise<readonly RowChange[]> {
  const kept = await readAuditKeys(store, rows);
  if (kept.some((each) => equalBytes(each.logId, logId))) return [];
  const all = [...kept.slice(1 - MAX_KEYS), { logId, key }];
  return [rows.seal("meta", KEYS, encodeCbor(all.map((each) => [each.logId, each.key])))];
}

async function openMeta<T>(
  store: DeviceStore,
  rows: LocalRows,
  key: Uint8Array,
  read: (value: Parameters<Parameters<typeof readStructure>[2]>[0]) => T,
): Promise<T | null> {
  const row = await store.get("meta", key);
  const plaintext = row === null ? null : rows.open("meta", row);
  return plaintext === null ? null : decodeRow(plaintext, read);
}

/** What opens and does not read counts as damaged: a log is shown as far as it goes. */
function decodeRow<T>(plaintext: Uint8Array, read: Parameters<typeof readStructure<T>>[2]): T | null {
  try {
    return readStructure("LK-VAULT-DAMAGED", plaintext, read);
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}
