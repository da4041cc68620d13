/**
 * Calling methods of COM and WinRT objects that are not ours, by their place in the vtable: for the few of Windows' classes that have no
 * function of a DLL. Every pointer that is got here is released by whoever got it.
 */
import koffi from "koffi";
import { checkHresult } from "./hresult.ts";
import { type Address, readStruct } from "./memory.ts";

const POINTER_BYTES = 8n;
const RELEASE = 2;
const prototypes = new Map<string, ReturnType<typeof koffi.proto>>();

/** HRESULT (this, …) with parameters of these types, made once for each row of types. */
function prototypeOf(types: readonly string[]): ReturnType<typeof koffi.proto> {
  const key = types.join();
  let made = prototypes.get(key);
  if (made === undefined) prototypes.set(key, (made = koffi.proto("int32_t", ["void *", ...types])));
  return made;
}

function slotOf(object: Address, slot: number): Address {
  const vtable = readStruct(object, "void *") as Address;
  return readStruct(vtable + BigInt(slot) * POINTER_BYTES, "void *") as Address;
}

/** Throws `HresultError`, naming the method. */
export function callMethod(
  method: string,
  object: Address,
  slot: number,
  types: readonly string[],
  ...parameters: readonly unknown[]
): void {
  const hresult = koffi.call(slotOf(object, slot), prototypeOf(types), object, ...parameters) as number;
  checkHresult(hresult, method);
}

/** A method whose last parameter is a pointer that it sets; the pointer's reference is the caller's. */
export function getObject(
  method: string,
  object: Address,
  slot: number,
  types: readonly string[],
  ...parameters: readonly unknown[]
): Address {
  const out = Buffer.alloc(Number(POINTER_BYTES));
  callMethod(method, object, slot, [...types, "void *"], ...parameters, out);
  return out.readBigUInt64LE();
}

/** A method whose last parameter is a 32-bit number that it sets. */
export function getNumber(method: string, object: Address, slot: number): number {
  const out = Buffer.alloc(4);
  callMethod(method, object, slot, ["void *"], out);
  return out.readInt32LE();
}

export const queryInterface = (object: Address, iid: Uint8Array): Address =>
  getObject("QueryInterface", object, 0, ["void *"], Buffer.from(iid));

export function release(object: Address): void {
  if (object !== 0n) koffi.call(slotOf(object, RELEASE), prototypeOf([]), object);
}

/** What `work` gives; the object is released whatever happens. */
export async function using<T>(object: Address, work: (object: Address) => T | Promise<T>): Promise<T> {
  try {
    return await work(object);
  } finally {
    release(object);
  }
}
