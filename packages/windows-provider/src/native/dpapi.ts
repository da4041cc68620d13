/**
 * Secrets of the Windows account (CryptProtectData, crypt32.dll): only programs of this person on this machine get them back, without any
 * gesture. Bytes to bind them to can be given; the same are needed to open.
 */
import koffi from "koffi";
import { type Address, copyBytes } from "./memory.ts";
import { requireSystemLibrary } from "./system-library.ts";

const CRYPTPROTECT_UI_FORBIDDEN = 1;

/** DATA_BLOB, 16 bytes. */
const DataBlob = koffi.struct("DATA_BLOB", { cbData: "uint32_t", pbData: "void *" });

export interface AccountSecrets {
  protect(secret: Uint8Array, binding: Uint8Array): Uint8Array;
  /** `null` for what this account did not protect, or not with this binding. */
  unprotect(blob: Uint8Array, binding: Uint8Array): Uint8Array | null;
}

export function openAccountSecrets(): AccountSecrets {
  const crypt32 = requireSystemLibrary("crypt32.dll");
  const blob = koffi.pointer(DataBlob);
  const parameters = [blob, "void *", blob, "void *", "void *", "uint32_t", "void *"];
  const protect = crypt32.get("CryptProtectData", "int32_t", parameters);
  const unprotect = crypt32.get("CryptUnprotectData", "int32_t", parameters);
  const localFree = requireSystemLibrary("kernel32.dll").get("LocalFree", "uintptr_t", ["uintptr_t"]);
  const toBlob = (bytes: Uint8Array) => ({ cbData: bytes.length, pbData: Buffer.from(bytes) });

  function run(call: typeof protect, data: Uint8Array, binding: Uint8Array): Uint8Array | null {
    const out = Buffer.alloc(koffi.sizeof(DataBlob));
    const isDone = call(
      toBlob(data),
      null,
      toBlob(binding),
      null,
      null,
      CRYPTPROTECT_UI_FORBIDDEN,
      out,
    ) as number;
    if (isDone === 0) return null;
    const address: Address = out.readBigUInt64LE(8);
    try {
      return copyBytes(address, out.readUInt32LE());
    } finally {
      localFree(address);
    }
  }

  return {
    protect(secret, binding) {
      const made = run(protect, secret, binding);
      if (made === null) throw new TypeError("CryptProtectData fails");
      return made;
    },
    unprotect: (data, binding) => run(unprotect, data, binding),
  };
}
