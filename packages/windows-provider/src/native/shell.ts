/** Opens an address with whatever Windows has for it (ShellExecuteW, shell32.dll): a page of Settings. */
import { openSystemLibrary } from "./system-library.ts";

const SW_SHOWNORMAL = 1;

/** Nothing happens where Windows knows no such page: the way there is told in words, too. */
export function openAddress(address: string): void {
  openSystemLibrary("shell32.dll")?.find("ShellExecuteW", "uintptr_t", [
    "uintptr_t",
    "str16",
    "str16",
    "str16",
    "str16",
    "int32_t",
  ])?.(0, "open", address, null, null, SW_SHOWNORMAL);
}
