/**
 * What the provider asks kernel32.dll and user32.dll: whether this process has a package identity, whether somebody sits at another
 * machine, and a mutex between processes of one person.
 */
import { requireSystemLibrary } from "./system-library.ts";

const APPMODEL_ERROR_NO_PACKAGE = 15_700;
const ERROR_SUCCESS = 0;
/** Characters of a package's full name; Windows' limit is 127. */
const MAX_PACKAGE_NAME = 256;
const SM_REMOTESESSION = 0x1000;
const WAIT_OBJECT_0 = 0;
/** The process that held it has died: it is ours. */
const WAIT_ABANDONED = 0x80;

/** `Latchkey_1.0.0.0_x64__…`, or `null` without package identity: Windows then refuses registration. */
export function readPackageFullName(): string | null {
  const getName = requireSystemLibrary("kernel32.dll").find("GetCurrentPackageFullName", "int32_t", [
    "void *",
    "void *",
  ]);
  if (getName === null) return null;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(MAX_PACKAGE_NAME);
  const name = Buffer.alloc(MAX_PACKAGE_NAME * 2);
  const result = getName(length, name) as number;
  if (result === APPMODEL_ERROR_NO_PACKAGE) return null;
  if (result !== ERROR_SUCCESS) throw new TypeError(`GetCurrentPackageFullName: ${result}`);
  return name.toString("utf16le", 0, (length.readUInt32LE() - 1) * 2);
}

/** Whether the screen of this session is at another machine: Windows refuses plugin calls there. */
export function isRemoteSession(): boolean {
  const getMetric = requireSystemLibrary("user32.dll").get("GetSystemMetrics", "int32_t", ["int32_t"]);
  return getMetric(SM_REMOTESESSION) !== 0;
}

/** Held by one process at a time; Windows frees it when that process dies, however it dies. */
export interface ProcessMutex {
  /** `false` when another process holds it. Never waits. The thread that holds it may take it again. */
  tryAcquire(): boolean;
  release(): void;
}

/** `name` without a backslash; it is seen by this session of Windows alone. Throws `TypeError` when Windows gives none. */
export function openProcessMutex(name: string): ProcessMutex {
  const kernel32 = requireSystemLibrary("kernel32.dll");
  const create = kernel32.get("CreateMutexW", "uintptr_t", ["void *", "int32_t", "str16"]);
  const wait = kernel32.get("WaitForSingleObject", "uint32_t", ["uintptr_t", "uint32_t"]);
  const release = kernel32.get("ReleaseMutex", "int32_t", ["uintptr_t"]);
  const handle = create(null, 0, `Local\\${name}`) as number | bigint;
  if (BigInt(handle) === 0n) throw new TypeError(`no mutex ${name}`);
  return {
    tryAcquire() {
      const result = wait(handle, 0) as number;
      return result === WAIT_OBJECT_0 || result === WAIT_ABANDONED;
    },
    release() {
      release(handle);
    },
  };
}
