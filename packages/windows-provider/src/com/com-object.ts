/**
 * COM objects made of slots: an object is a pointer to a vtable, a vtable is a row of pointers to functions. Ours are never freed: there
 * are three of them in a process, and COM may look at one until the process ends. References are counted only to tell COM a number.
 */
import { HRESULT } from "../native/hresult.ts";
import { parseGuid } from "../native/guid.ts";
import { type Address, allocatePermanent, readGuid, writePointer } from "../native/memory.ts";
import { type ReportFault, registerSlot } from "../native/slots.ts";
import { equalBytes } from "@latchkey/core/bytes/equal";

const POINTER_BYTES = 8;
export const IID_UNKNOWN = parseGuid("00000000-0000-0000-c000-000000000046");

/** An object with these slots in this order. */
export function makeComObject(slots: readonly Address[]): Address {
  const object = allocatePermanent((slots.length + 1) * POINTER_BYTES);
  const vtable = object + BigInt(POINTER_BYTES);
  writePointer(object, vtable);
  for (const [index, slot] of slots.entries()) writePointer(vtable + BigInt(index * POINTER_BYTES), slot);
  return object;
}

/** QueryInterface, AddRef and Release, the first three slots of every object. */
export interface UnknownSlots {
  readonly slots: readonly [Address, Address, Address];
  /** Also for CreateInstance, which asks on behalf of COM. */
  queryInterface(self: Address, iid: Address | null, out: Address | null): number;
  references(self: Address): number;
}

/** For objects of one interface beside IUnknown. COM asks for others too (IMarshal, IStdMarshalInfo): refused. */
export function registerUnknownSlots(
  iid: Uint8Array,
  onUse: () => void,
  reportFault: ReportFault,
): UnknownSlots {
  const counts = new Map<Address, number>();
  const count = (self: Address, by: 1 | -1): number => {
    const now = Math.max(0, (counts.get(self) ?? 0) + by);
    counts.set(self, now);
    return now;
  };

  function queryInterface(self: Address, iidAt: Address | null, out: Address | null): number {
    onUse();
    if (out === null) return HRESULT.pointer;
    writePointer(out, 0n);
    if (iidAt === null) return HRESULT.invalidArgument;
    const wanted = readGuid(iidAt);
    if (!equalBytes(wanted, IID_UNKNOWN) && !equalBytes(wanted, iid)) return HRESULT.noInterface;
    count(self, 1);
    writePointer(out, self);
    return HRESULT.ok;
  }

  return {
    slots: [
      registerSlot("twoPointers", queryInterface, reportFault),
      registerSlot("count", (self) => count(self, 1), reportFault),
      registerSlot("count", (self) => count(self, -1), reportFault),
    ],
    queryInterface,
    references: (self) => counts.get(self) ?? 0,
  };
}
