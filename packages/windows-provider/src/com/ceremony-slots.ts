/**
 * MakeCredential and GetAssertion, the two slots that block. They copy the request, have it answered elsewhere, and stand still until the
 * answer is there; nothing here decides anything.
 */
import { HRESULT, isFailure } from "../native/hresult.ts";
import type { Address, TaskMemory } from "../native/memory.ts";
import { clearResponse, readOperationRequest, writeResponse } from "../native/operation-memory.ts";
import { type ReportFault, registerSlot } from "../native/slots.ts";
import type { CeremonyAnswer, CeremonyCall, CeremonyKind } from "./ceremony.ts";

/** Asks the main thread and blocks for the answer. */
export type AskForAnswer = (call: CeremonyCall) => CeremonyAnswer;

/** Addresses for slots 3 and 4 of a vtable. */
export interface CeremonySlots {
  readonly makeCredential: Address;
  readonly getAssertion: Address;
}

export function registerCeremonySlots(
  ask: AskForAnswer,
  memory: TaskMemory,
  reportFault: ReportFault,
): CeremonySlots {
  function answer(kind: CeremonyKind, requestAt: Address | null, responseAt: Address | null): number {
    if (responseAt === null) return HRESULT.pointer;
    clearResponse(responseAt);
    const request = readOperationRequest(requestAt);
    if (request === null) return HRESULT.invalidArgument;
    const { hresult, response } = ask({ kind, request });
    if (response === null) return isFailure(hresult) ? hresult : HRESULT.fail;
    return writeResponse(responseAt, response, memory) ? HRESULT.ok : HRESULT.fail;
  }
  const register = (kind: CeremonyKind): Address =>
    registerSlot("twoPointers", (_, request, response) => answer(kind, request, response), reportFault);
  return { makeCredential: register("make-credential"), getAssertion: register("get-assertion") };
}
