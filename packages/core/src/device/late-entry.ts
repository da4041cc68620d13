/**
 * An entry of this device in a log that it has left: membership alone may still be written there. It goes on after the device's last entry, also
 * where the log's content was erased since: a chain that began anew would be a fork.
 */
import type { CborValue } from "../cbor/codec.ts";
import { encodeHex } from "../bytes/text.ts";
import { type EntryKind, makeEntry, NO_ENTRY } from "../log/entry.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import { entryRow, readEntryKey } from "../sync/replica-rows.ts";
import type { Device } from "./device.ts";
import type { KeptLog } from "./kept-log.ts";

export async function writeLateEntry(
  device: Device,
  { epoch, ownTip }: KeptLog,
  kind: EntryKind & ("readmission" | "epoch-record"),
  payload: CborValue,
): Promise<void> {
  const { context, deps } = device;
  const { logId } = epoch.record;
  const deviceTag = deriveDeviceTag(context.self.signer.publicKey, logId, 0);
  const rows = (await deps.store.scan("entry", logId)).map(({ key }) => readEntryKey(key));
  const own = encodeHex(deviceTag);
  const tips = [
    ...rows.filter((row) => encodeHex(row.deviceTag) === own),
    ...(ownTip === null ? [] : [ownTip]),
  ];
  const last = tips.toSorted((a, b) => b.seq - a.seq)[0];
  const header = { logId, deviceTag, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? NO_ENTRY };
  const body = { epochHash: epoch.hash, seen: [], kind, payload };
  const { recordKey } = deriveMetadataEpochKeys(device.metadataRoot(logId));
  const keys = { sealKey: recordKey, signer: context.self.signer };
  const made = makeEntry(header, body, keys, deps.random);
  const position = rows.reduce((next, row) => Math.max(next, row.position + 1), 0);
  const entry = { hash: made.hash, deviceTag, seq: header.seq, kind, position };
  await device.commit([entryRow(logId, entry, made.bytes)]);
}
