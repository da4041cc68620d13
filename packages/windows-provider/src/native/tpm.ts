/** Whether this machine has a TPM (Tbsi_GetDeviceInfo, tbs.dll): without one Windows makes no key for a provider. */
import { openSystemLibrary } from "./system-library.ts";

/** TPM_DEVICE_INFO: structVersion, tpmVersion, tpmInterfaceType, tpmImpRevision, each a UINT32. */
const INFO_BYTES = 16;
const TBS_E_TPM_NOT_FOUND = 0x8028400f | 0;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [1, "1.2"],
  [2, "2.0"],
]);

/** "2.0", "none", or `null` where this Windows does not say. */
export function readTpmVersion(): string | null {
  const getInfo = openSystemLibrary("tbs.dll")?.find("Tbsi_GetDeviceInfo", "int32_t", ["uint32_t", "void *"]);
  if (getInfo == null) return null;
  const info = Buffer.alloc(INFO_BYTES);
  const result = getInfo(INFO_BYTES, info) as number;
  if (result === TBS_E_TPM_NOT_FOUND) return "none";
  return result === 0 ? (VERSIONS.get(info.readUInt32LE(4)) ?? null) : null;
}
