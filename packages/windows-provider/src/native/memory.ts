/**
 * Reading and writing memory that is not ours, by its address. Addresses are bigints, and 0n or `null` is NULL; every copy is bounded by
 * its caller, who has the length from the same struct.
 */
import koffi from "koffi";
import { GUID_BYTES } from "./guid.ts";
import type { NativeType } from "./system-library.ts";

export type Address = bigint;

/** Memory that passes to whoever called us: CoTaskMemAlloc on Windows. */
export interface TaskMemory {
  /** 0n when there is none. */
  allocate(bytes: number): Address;
  free(address: Address): void;
}

/** A copy, so that nothing here outlives the call that lent the memory. */
export function copyBytes(address: Address, length: number): Uint8Array {
  return length === 0 ? new Uint8Array() : new Uint8Array(koffi.view(address, length)).slice();
}

export function writeBytes(address: Address, bytes: Uint8Array): void {
  new Uint8Array(koffi.view(address, bytes.length)).set(bytes);
}

export const readGuid = (address: Address): Uint8Array => copyBytes(address, GUID_BYTES);

export function writePointer(address: Address, value: Address): void {
  koffi.encode(address, "void *", value === 0n ? null : value);
}

export function writeInt32(address: Address, value: number): void {
  koffi.encode(address, "int32_t", value);
}

/** The struct at an address, as koffi reads it: numbers, and bigints or `null` for pointers. */
export const readStruct = (address: Address, type: NativeType): unknown => koffi.decode(address, type);

export const writeStruct = (address: Address, type: NativeType, value: object): void =>
  koffi.encode(address, type, value);

/** Memory for the life of the process, zeroed: vtables and objects, which COM may look at until the end. */
export function allocatePermanent(bytes: number): Address {
  const address = koffi.address(koffi.alloc("uint8_t", bytes));
  writeBytes(address, new Uint8Array(bytes));
  return address;
}
