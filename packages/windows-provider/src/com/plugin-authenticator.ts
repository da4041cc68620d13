/**
 * IPluginAuthenticator (pluginauthenticator.idl): one object a ceremony worker, equal in everything but the worker that their ceremonies
 * block. What must never wait, CancelOperation and GetLockStatus, is answered on the main thread from memory.
 *
 *   0 QueryInterface  1 AddRef  2 Release  3 MakeCredential  4 GetAssertion  5 CancelOperation  6 GetLockStatus
 */
import { parseGuid } from "../native/guid.ts";
import { HRESULT } from "../native/hresult.ts";
import { type Address, writeInt32 } from "../native/memory.ts";
import { readCancelledTransaction } from "../native/operation-memory.ts";
import { type ReportFault, registerSlot } from "../native/slots.ts";
import type { CeremonyWorker } from "./ceremony-workers.ts";
import { makeComObject, registerUnknownSlots } from "./com-object.ts";

export const IID_PLUGIN_AUTHENTICATOR = parseGuid("d26bcf6f-b54c-43ff-9f06-d5bf148625f7");

/** PLUGIN_LOCK_STATUS. */
const LOCKED = 0;
const UNLOCKED = 1;

export interface PluginAuthenticatorDeps {
  readonly workers: readonly CeremonyWorker[];
  /** Gives the HRESULT of CancelOperation. */
  readonly cancel: (transactionId: Uint8Array) => number;
  /** From memory, in no time; on any doubt `false`. */
  readonly isUnlocked: () => boolean;
  /** Called at every call. */
  readonly onUse: () => void;
  readonly reportFault: ReportFault;
}

export interface PluginAuthenticators {
  /** QueryInterface on the object whose worker is free, or else has the fewest references: for CreateInstance. */
  createInstance(iid: Address | null, out: Address | null): number;
}

export function makePluginAuthenticators(deps: PluginAuthenticatorDeps): PluginAuthenticators {
  const { onUse, reportFault } = deps;
  const unknown = registerUnknownSlots(IID_PLUGIN_AUTHENTICATOR, onUse, reportFault);

  const cancel = registerSlot(
    "onePointer",
    (_, request) => {
      onUse();
      const transactionId = readCancelledTransaction(request);
      return transactionId === null ? HRESULT.invalidArgument : deps.cancel(transactionId);
    },
    reportFault,
  );

  const lockStatus = registerSlot(
    "onePointer",
    (_, out) => {
      onUse();
      if (out === null) return HRESULT.pointer;
      writeInt32(out, LOCKED);
      if (deps.isUnlocked()) writeInt32(out, UNLOCKED);
      return HRESULT.ok;
    },
    reportFault,
  );

  const objects = deps.workers.map((worker) => ({
    worker,
    address: makeComObject([
      ...unknown.slots,
      worker.slots.makeCredential,
      worker.slots.getAssertion,
      cancel,
      lockStatus,
    ]),
  }));

  return {
    createInstance(iid, out) {
      const [best] = objects.toSorted(
        (a, b) =>
          Number(a.worker.isBlocked) - Number(b.worker.isBlocked) ||
          unknown.references(a.address) - unknown.references(b.address),
      );
      return best === undefined ? HRESULT.fail : unknown.queryInterface(best.address, iid, out);
    },
  };
}
