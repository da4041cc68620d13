/** What the killed writer writes: each commit touches two tables, so that half a commit shows. */
import type { DeviceStore, RowChange } from "@latchkey/core/storage/device-store";

const LAST = new Uint8Array([1]);

export function createEntry(number: number): RowChange[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  const key = new Uint8Array(bytes);
  return [
    { table: "entry", key, value: new Uint8Array(2048).fill(number) },
    { table: "meta", key: LAST, value: key },
  ];
}

/** The number in `meta`, after checking that exactly the rows up to it are there and whole. */
export async function readLast(store: DeviceStore): Promise<number> {
  const meta = await store.get("meta", LAST);
  if (meta === null) return 0;
  const last = Number(Buffer.from(meta.value as Uint8Array).readBigUInt64BE());
  const rows = await store.scan("entry");
  if (rows.length !== last) throw new Error(`${rows.length} rows, last is ${last}`);
  rows.forEach(({ value }, i) => {
    if (value?.length !== 2048 || value[0] !== (i + 1) % 256) throw new Error(`row ${i + 1} is not whole`);
  });
  return last;
}
