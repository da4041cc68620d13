/**
 * All values of one key under HKEY_LOCAL_MACHINE, whatever their names (RegOpenKeyExW, RegEnumValueW, advapi32.dll): what an organization has
 * set is read whole, so that what is not known can be named. Only administrators write below `SOFTWARE\Policies`.
 */
import { requireSystemLibrary } from "./system-library.ts";

/** HKEY_LOCAL_MACHINE, a handle that is a sign-extended constant. */
const LOCAL_MACHINE = 0xffff_ffff_8000_0002n;
const KEY_QUERY_VALUE = 0x0001;
const SUCCESS = 0;
const FILE_NOT_FOUND = 2;
const MORE_DATA = 234;
const NO_MORE_ITEMS = 259;
const REG_SZ = 1;
const REG_DWORD = 4;
/** Windows' limit for the name of a value, with its NUL. */
const MAX_NAME = 16_384;
const MAX_DATA_BYTES = 4_096;
const MAX_VALUES = 256;

/** By name: a number, a text, or `null` for what is neither, or too long. Empty where there is no such key. Throws `TypeError` when Windows refuses. */
export function readMachineValues(key: string): Readonly<Record<string, number | string | null>> {
  const advapi32 = requireSystemLibrary("advapi32.dll");
  const open = advapi32.get("RegOpenKeyExW", "int32_t", [
    "uintptr_t",
    "str16",
    "uint32_t",
    "uint32_t",
    "void *",
  ]);
  const close = advapi32.get("RegCloseKey", "int32_t", ["uintptr_t"]);
  const handle = Buffer.alloc(8);
  const opened = open(LOCAL_MACHINE, key, 0, KEY_QUERY_VALUE, handle) as number;
  if (opened === FILE_NOT_FOUND) return {};
  if (opened !== SUCCESS) throw new TypeError(`RegOpenKeyExW: ${opened}`);
  const opener = handle.readBigUInt64LE();
  try {
    return Object.fromEntries(listValues(opener));
  } finally {
    close(opener);
  }
}

function* listValues(key: bigint): Generator<readonly [string, number | string | null]> {
  const enumerate = requireSystemLibrary("advapi32.dll").get("RegEnumValueW", "int32_t", [
    "uintptr_t",
    "uint32_t",
    "void *",
    "void *",
    "void *",
    "void *",
    "void *",
    "void *",
  ]);
  const name = Buffer.alloc(MAX_NAME * 2);
  const data = Buffer.alloc(MAX_DATA_BYTES);
  const [nameLength, type, dataLength] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4)] as const;
  for (let index = 0; index < MAX_VALUES; index++) {
    nameLength.writeUInt32LE(MAX_NAME);
    dataLength.writeUInt32LE(MAX_DATA_BYTES);
    const result = enumerate(key, index, name, nameLength, null, type, data, dataLength) as number;
    if (result === NO_MORE_ITEMS) return;
    if (result !== SUCCESS && result !== MORE_DATA) throw new TypeError(`RegEnumValueW: ${result}`);
    const value =
      result === SUCCESS ? decode(type.readUInt32LE(), data.subarray(0, dataLength.readUInt32LE())) : null;
    yield [name.toString("utf16le", 0, nameLength.readUInt32LE() * 2), value];
  }
}

function decode(type: number, data: Buffer): number | string | null {
  if (type === REG_DWORD && data.length === 4) return data.readUInt32LE();
  // A text ends with a NUL, or with none where its writer was careless.
  return type === REG_SZ ? data.toString("utf16le").replace(/\0+$/, "") : null;
}
