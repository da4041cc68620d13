/** An archive of docs/protocol.md § 9 in its logs, for the second reader: form, order and chain. Written from the page alone. */
import { bytesOf, decode, equal, fields, type Item, join, list } from "./cbor.ts";
import { hash } from "./ground.ts";

export interface SealedLog {
  readonly logId: Uint8Array;
  readonly seals: readonly Item[];
  readonly sealedEpoch: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

export function readLogs(file: Uint8Array): SealedLog[] {
  const magic = new TextEncoder().encode("LKARCH1\n");
  if (!equal(file.slice(0, magic.length), magic)) throw new Error("file is no archive");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const logs: (Omit<SealedLog, "snapshot" | "entries"> & { parts: Uint8Array[]; entries: Uint8Array[] })[] =
    [];
  let chain: Uint8Array = new Uint8Array(32);
  for (let at = magic.length; ;) {
    const length = view.getUint32(at);
    const bytes = file.slice(at + 4, at + 4 + length);
    if (length < 1 || length > 262_144 || bytes.length < length) throw new Error("record is cut off");
    at += 4 + length;
    const record = decode(bytes);
    const log = logs.at(-1);
    switch (list(record)[0]) {
      case 1: {
        const [, logId, seals, sealedEpoch] = fields(record, 4);
        if (log !== undefined && log.parts.length === 0) throw new Error("log has no snapshot");
        logs.push({
          logId: bytesOf(logId, 16),
          seals: list(seals),
          sealedEpoch: bytesOf(sealedEpoch),
          parts: [],
          entries: [],
        });
        break;
      }
      case 2: {
        const part = bytesOf(fields(record, 2)[1]);
        const isNext = log?.entries.length === 0 && (log.parts.at(-1)?.length ?? 65_536) === 65_536;
        if (log === undefined || !isNext || part.length < 1 || part.length > 65_536)
          throw new Error("part is out of place");
        log.parts.push(part);
        break;
      }
      case 3:
        if (log === undefined || log.parts.length === 0) throw new Error("entry is out of place");
        log.entries.push(bytesOf(fields(record, 2)[1]));
        break;
      case 4: {
        const [, logCount, entryCount, end] = fields(record, 4);
        const entries = logs.reduce((sum, each) => sum + each.entries.length, 0);
        const isWhole = log !== undefined && log.parts.length > 0 && at === file.length;
        if (!isWhole || logCount !== logs.length || entryCount !== entries || !equal(bytesOf(end), chain))
          throw new Error("end does not fit what stands before it");
        return logs.map(({ parts, ...rest }) => ({ ...rest, snapshot: join(...parts) }));
      }
      default:
        throw new Error("record of an unknown type");
    }
    chain = hash("archive-chain", chain, bytes);
  }
}
