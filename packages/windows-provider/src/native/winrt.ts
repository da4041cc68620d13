/**
 * The ground of WinRT (combase.dll): class factories, HSTRINGs, and operations that take their time. An operation is looked at every 20 ms;
 * its completion handler would be one more object of ours for nothing.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { callMethod, getNumber, getObject, queryInterface, using } from "./com-call.ts";
import { parseGuid } from "./guid.ts";
import { checkHresult, HRESULT, HresultError } from "./hresult.ts";
import type { Address } from "./memory.ts";
import { openSystemLibrary } from "./system-library.ts";

const RO_INIT_MULTITHREADED = 1;
const LOOK_MS = 20;
const IID_ASYNC_INFO = parseGuid("00000036-0000-0000-c000-000000000046");
/** Slots of IAsyncInfo, and GetResults of an operation. */
const GET_STATUS = 7;
const GET_ERROR_CODE = 8;
const CANCEL = 9;
const GET_RESULTS = 8;
/** AsyncStatus. */
const STARTED = 0;
const COMPLETED = 1;

export interface WinRt {
  /** The caller releases it. Throws `HresultError` when this Windows has no such class. */
  getFactory(className: string, iid: Uint8Array): Address;
  /** Calls `work` with an HSTRING that lives as long as the call. */
  withString<T>(text: string, work: (text: Address) => T): T;
}

/** `null` where there is no WinRT. */
export function openWinRt(): WinRt | null {
  const combase = openSystemLibrary("combase.dll");
  const initialize = combase?.find("RoInitialize", "int32_t", ["int32_t"]);
  const create = combase?.find("WindowsCreateString", "int32_t", ["str16", "uint32_t", "void *"]);
  const remove = combase?.find("WindowsDeleteString", "int32_t", ["uintptr_t"]);
  const getFactory = combase?.find("RoGetActivationFactory", "int32_t", ["uintptr_t", "void *", "void *"]);
  if (initialize == null || create == null || remove == null || getFactory == null) return null;
  const initialized = initialize(RO_INIT_MULTITHREADED) as number;
  if (initialized !== HRESULT.changedMode) checkHresult(initialized, "RoInitialize");

  const withString: WinRt["withString"] = (text, work) => {
    const out = Buffer.alloc(8);
    checkHresult(create(text, text.length, out) as number, "WindowsCreateString");
    const handle = out.readBigUInt64LE();
    try {
      return work(handle);
    } finally {
      remove(handle);
    }
  };

  return {
    withString,
    getFactory: (className, iid) =>
      withString(className, (name) => {
        const out = Buffer.alloc(8);
        checkHresult(getFactory(name, Buffer.from(iid), out) as number, `factory of ${className}`);
        return out.readBigUInt64LE();
      }),
  };
}

/** The object that an operation gives, which the caller releases. Cancelled, it is withdrawn and fails with NTE_USER_CANCELLED. */
export async function finishOperation(operation: Address, cancellation: Cancellation): Promise<Address> {
  await waitFor(operation, cancellation);
  return getObject("GetResults", operation, GET_RESULTS, []);
}

/** The same for an operation that gives a boolean, which WinRT writes as one byte. */
export async function finishFlag(operation: Address, cancellation: Cancellation): Promise<boolean> {
  await waitFor(operation, cancellation);
  return (getNumber("GetResults", operation, GET_RESULTS) & 0xff) !== 0;
}

async function waitFor(operation: Address, cancellation: Cancellation): Promise<void> {
  await using(queryInterface(operation, IID_ASYNC_INFO), async (info) => {
    let isWithdrawn = false;
    for (;;) {
      const status = getNumber("get_Status", info, GET_STATUS);
      if (status === COMPLETED) return;
      if (status !== STARTED) {
        if (isWithdrawn) throw new HresultError(HRESULT.userCancelled, "operation was withdrawn");
        throw new HresultError(getNumber("get_ErrorCode", info, GET_ERROR_CODE), "operation failed");
      }
      if (cancellation.cancelled && !isWithdrawn) {
        callMethod("Cancel", info, CANCEL, []);
        isWithdrawn = true;
      }
      await wait(LOOK_MS);
    }
  });
}
