/** Values of Windows' registry under HKEY_LOCAL_MACHINE, read and never written (RegGetValueW, advapi32.dll). */
import { requireSystemLibrary } from "./system-library.ts";

/** HKEY_LOCAL_MACHINE, a handle that is a sign-extended constant. */
const LOCAL_MACHINE = 0xffff_ffff_8000_0002n;
const RRF_RT_REG_SZ = 0x02;
const RRF_RT_REG_DWORD = 0x10;
const MAX_TEXT_BYTES = 2_048;

/** `null` for a value that is not there, or is of another type. */
export function readMachineText(key: string, name: string): string | null {
  const value = read(key, name, RRF_RT_REG_SZ, MAX_TEXT_BYTES);
  // The length counts the NUL at the end.
  return value === null ? null : value.toString("utf16le", 0, Math.max(0, value.length - 2));
}

export function readMachineNumber(key: string, name: string): number | null {
  const value = read(key, name, RRF_RT_REG_DWORD, 4);
  return value?.length === 4 ? value.readUInt32LE() : null;
}

function read(key: string, name: string, type: number, bytes: number): Buffer | null {
  const getValue = requireSystemLibrary("advapi32.dll").get("RegGetValueW", "int32_t", [
    "uintptr_t",
    "str16",
    "str16",
    "uint32_t",
    "void *",
    "void *",
    "void *",
  ]);
  const data = Buffer.alloc(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  const result = getValue(LOCAL_MACHINE, key, name, type, null, data, length) as number;
  return result === 0 ? data.subarray(0, length.readUInt32LE()) : null;
}
