/**
 * COM itself (ole32.dll): the apartment, who may call, the class object, task memory. Our apartment is multi-threaded: calls come on
 * threads of RPC, no window is needed and no messages have to be pumped, so Cancel never waits for a ceremony.
 */
import { checkHresult, HRESULT, HresultError } from "./hresult.ts";
import type { Address, TaskMemory } from "./memory.ts";
import { requireSystemLibrary } from "./system-library.ts";

const COINIT_MULTITHREADED = 0;
const RPC_C_AUTHN_LEVEL_DEFAULT = 0;
const RPC_C_IMP_LEVEL_IMPERSONATE = 3;
const EOAC_NONE = 0;
const CLSCTX_LOCAL_SERVER = 4;
const REGCLS_MULTIPLEUSE = 1;

export interface ComRuntime {
  /** Takes this thread into the multi-threaded apartment and sets what callers need. Throws `HresultError`. */
  enterApartment(): void;
  /** From now on COM may call the class object. The result takes it back. Throws `HresultError`. */
  registerClass(clsid: Uint8Array, classObject: Address): () => void;
}

export function createComRuntime(): ComRuntime {
  const ole32 = requireSystemLibrary("ole32.dll");
  const initialize = ole32.get("CoInitializeEx", "int32_t", ["void *", "uint32_t"]);
  const initializeSecurity = ole32.get("CoInitializeSecurity", "int32_t", [
    "void *",
    "int32_t",
    "void *",
    "void *",
    "uint32_t",
    "uint32_t",
    "void *",
    "uint32_t",
    "void *",
  ]);
  const register = ole32.get("CoRegisterClassObject", "int32_t", [
    "void *",
    "void *",
    "uint32_t",
    "uint32_t",
    "void *",
  ]);
  const revoke = ole32.get("CoRevokeClassObject", "int32_t", ["uint32_t"]);

  return {
    enterApartment() {
      checkHresult(initialize(null, COINIT_MULTITHREADED) as number, "CoInitializeEx");
      const secured = initializeSecurity(
        null,
        -1,
        null,
        null,
        RPC_C_AUTHN_LEVEL_DEFAULT,
        RPC_C_IMP_LEVEL_IMPERSONATE,
        null,
        EOAC_NONE,
        null,
      ) as number;
      if (secured < 0 && secured !== HRESULT.tooLate) throw new HresultError(secured, "CoInitializeSecurity");
    },

    registerClass(clsid, classObject) {
      const cookie = Buffer.alloc(4);
      checkHresult(
        register(Buffer.from(clsid), classObject, CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, cookie) as number,
        "CoRegisterClassObject",
      );
      return () => checkHresult(revoke(cookie.readUInt32LE()) as number, "CoRevokeClassObject");
    },
  };
}

/** CoTaskMemAlloc and CoTaskMemFree, which any thread may call. */
export function createTaskMemory(): TaskMemory {
  const ole32 = requireSystemLibrary("ole32.dll");
  const allocate = ole32.get("CoTaskMemAlloc", "uintptr_t", ["size_t"]);
  const free = ole32.get("CoTaskMemFree", "void", ["uintptr_t"]);
  return {
    allocate: (bytes) => BigInt(allocate(bytes) as number | bigint),
    free(address) {
      free(address);
    },
  };
}
