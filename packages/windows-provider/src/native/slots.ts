/**
 * Functions that Windows may call: the slots of our vtables. koffi runs each on the thread that registered it, main or worker, while the
 * calling thread of COM waits.
 *
 * A slot must never throw. What escapes a callback on the main thread reads as 0, which is success; in a worker it kills the worker, and
 * the caller gets a number out of nowhere. So every slot is guarded here: whatever is not an integer becomes E_FAIL.
 */
import koffi from "koffi";
import { HRESULT } from "./hresult.ts";
import type { Address } from "./memory.ts";

/** A pointer parameter; NULL is `null`. */
type Pointer = Address | null;

const SHAPES = {
  /** ULONG (this): AddRef, Release. */
  count: koffi.proto("uint32_t", ["void *"]),
  /** HRESULT (this, pointer, pointer): QueryInterface, MakeCredential, GetAssertion. */
  twoPointers: koffi.proto("int32_t", ["void *", "void *", "void *"]),
  /** HRESULT (this, pointer): CancelOperation, GetLockStatus. */
  onePointer: koffi.proto("int32_t", ["void *", "void *"]),
  /** HRESULT (this, pointer, pointer, pointer): CreateInstance. */
  threePointers: koffi.proto("int32_t", ["void *", "void *", "void *", "void *"]),
  /** HRESULT (this, BOOL): LockServer. */
  flag: koffi.proto("int32_t", ["void *", "int32_t"]),
  /** void (context): the status callback. */
  notice: koffi.proto("void", ["void *"]),
} as const;

interface Handlers {
  readonly count: (self: Address) => number;
  readonly twoPointers: (self: Address, first: Pointer, second: Pointer) => number;
  readonly onePointer: (self: Address, pointer: Pointer) => number;
  readonly threePointers: (self: Address, first: Pointer, second: Pointer, third: Pointer) => number;
  readonly flag: (self: Address, flag: number) => number;
  readonly notice: () => void;
}

export type SlotShape = keyof Handlers;

/** Told of what a slot threw; it must not throw itself. */
export type ReportFault = (fault: unknown) => void;

/** The native address of a guarded slot, good until the process ends. At most 8192 in a process. */
export function registerSlot<S extends SlotShape>(
  shape: S,
  handler: Handlers[S],
  reportFault: ReportFault,
): Address {
  const call = handler as (...parameters: unknown[]) => unknown;
  const fallback = shape === "count" ? 1 : HRESULT.fail;
  const guarded = (...parameters: unknown[]): number | undefined => {
    try {
      const result = call(...parameters);
      if (shape === "notice") return undefined;
      if (Number.isInteger(result))
        return shape === "count" ? (result as number) >>> 0 : (result as number) | 0;
      reportFault(new TypeError(`a slot returned ${typeof result}, not a number`));
    } catch (fault) {
      reportFault(fault);
    }
    return shape === "notice" ? undefined : fallback;
  };
  return koffi.register(guarded, koffi.pointer(SHAPES[shape]));
}

/** Calls a slot as COM does: through its address. For our own tests of vtables. */
export const callSlot = (slot: Address, shape: SlotShape, ...parameters: unknown[]): number =>
  koffi.call(slot, SHAPES[shape], ...parameters) as number;
