/**
 * IClassFactory (unknwn.h): what COM asks for objects of the class.
 *
 *   0 QueryInterface  1 AddRef  2 Release  3 CreateInstance  4 LockServer
 */
import { parseGuid } from "../native/guid.ts";
import { HRESULT } from "../native/hresult.ts";
import { type Address, writePointer } from "../native/memory.ts";
import { type ReportFault, registerSlot } from "../native/slots.ts";
import { makeComObject, registerUnknownSlots } from "./com-object.ts";
import type { PluginAuthenticators } from "./plugin-authenticator.ts";

export const IID_CLASS_FACTORY = parseGuid("00000001-0000-0000-c000-000000000046");

export interface ClassFactory {
  readonly address: Address;
  /** Whether a client wants this process to stay. */
  readonly isLocked: boolean;
}

export function makeClassFactory(
  authenticators: PluginAuthenticators,
  onUse: () => void,
  reportFault: ReportFault,
): ClassFactory {
  const unknown = registerUnknownSlots(IID_CLASS_FACTORY, onUse, reportFault);
  let locks = 0;

  const createInstance = registerSlot(
    "threePointers",
    (_, outer, iid, out) => {
      onUse();
      if (out === null) return HRESULT.pointer;
      writePointer(out, 0n);
      return outer === null ? authenticators.createInstance(iid, out) : HRESULT.noAggregation;
    },
    reportFault,
  );

  const lockServer = registerSlot(
    "flag",
    (_, lock) => {
      onUse();
      locks = Math.max(0, locks + (lock === 0 ? -1 : 1));
      return HRESULT.ok;
    },
    reportFault,
  );

  return {
    address: makeComObject([...unknown.slots, createInstance, lockServer]),
    get isLocked() {
      return locks > 0;
    },
  };
}
