/** The class as COM sees it: through vtables in memory, on any system. */
import koffi from "koffi";
import { describe, expect, test, vi } from "vitest";
import { registerCeremonySlots } from "../../src/com/ceremony-slots.ts";
import type { CeremonyAnswer, CeremonyCall } from "../../src/com/ceremony.ts";
import { IID_CLASS_FACTORY, makeClassFactory } from "../../src/com/class-factory.ts";
import { IID_UNKNOWN } from "../../src/com/com-object.ts";
import { IID_PLUGIN_AUTHENTICATOR, makePluginAuthenticators } from "../../src/com/plugin-authenticator.ts";
import { parseGuid } from "../../src/native/guid.ts";
import { HRESULT } from "../../src/native/hresult.ts";
import { type Address, allocatePermanent, readStruct } from "../../src/native/memory.ts";
import { callSlot, type SlotShape } from "../../src/native/slots.ts";
import { CancelRequest, OperationResponse } from "../../src/native/structs.ts";
import { createCountedMemory, layOutRequest, makeDirtyMemory } from "../native/test-memory.ts";

const pointerAt = (address: Address): Address | null => readStruct(address, "void *") as Address | null;

/** Calls a method of an object by its place in the vtable. */
function invoke(object: Address, slot: number, shape: SlotShape, ...parameters: unknown[]): number {
  const vtable = pointerAt(object) ?? 0n;
  return callSlot(pointerAt(vtable + BigInt(slot * 8)) ?? 0n, shape, object, ...parameters);
}

const bytes = (data: Uint8Array) => Buffer.from(data);

function makeClass(
  answer: (call: CeremonyCall) => CeremonyAnswer = () => ({ hresult: HRESULT.fail, response: null }),
) {
  const memory = createCountedMemory();
  const reportFault = vi.fn<(fault: unknown) => void>();
  const cancel = vi.fn<(transactionId: Uint8Array) => number>(() => HRESULT.notFound);
  const isUnlocked = vi.fn<() => boolean>(() => false);
  const workers = [0, 1].map(() => ({
    slots: registerCeremonySlots(answer, memory, reportFault),
    isBlocked: false,
  }));
  const authenticators = makePluginAuthenticators({
    workers,
    cancel,
    isUnlocked,
    onUse: () => {},
    reportFault,
  });
  const factory = makeClassFactory(authenticators, () => {}, reportFault);
  const create = (iid: Uint8Array | null = IID_PLUGIN_AUTHENTICATOR, outer: Address | null = null) => {
    const out = makeDirtyMemory(8);
    const hresult = invoke(factory.address, 3, "threePointers", outer, iid && bytes(iid), out);
    return { hresult, object: pointerAt(out) };
  };
  return { memory, reportFault, cancel, isUnlocked, workers, factory, create };
}

describe("the class factory", () => {
  test("answers for IUnknown and IClassFactory with itself", () => {
    const { factory } = makeClass();
    for (const iid of [IID_UNKNOWN, IID_CLASS_FACTORY]) {
      const out = makeDirtyMemory(8);
      expect(invoke(factory.address, 0, "twoPointers", bytes(iid), out)).toBe(HRESULT.ok);
      expect(pointerAt(out)).toBe(factory.address);
    }
  });

  test("creates an authenticator", () => {
    const { hresult, object } = makeClass().create();
    expect(hresult).toBe(HRESULT.ok);
    expect(object).not.toBeNull();
  });

  test.for<[string, Uint8Array | null, Address | null, number]>([
    ["an outer object", IID_PLUGIN_AUTHENTICATOR, 8n, HRESULT.noAggregation],
    ["an unknown interface", parseGuid("e6466e9a-b2f3-47c5-b88d-89bc14a8d998"), null, HRESULT.noInterface],
    ["no interface", null, null, HRESULT.invalidArgument],
  ])("refuses %s and gives NULL", ([, iid, outer, expected]) => {
    expect(makeClass().create(iid, outer)).toEqual({ hresult: expected, object: null });
  });

  test("prefers the authenticator whose worker is free, then the one with fewer references", () => {
    const { create, workers } = makeClass();
    const first = create().object;
    const second = create().object;
    expect(second).not.toBe(first);
    const [one] = workers;
    if (one !== undefined) one.isBlocked = true;
    expect(create().object).toBe(second);
    expect(create().object).toBe(second);
  });

  test("counts locks", () => {
    const { factory } = makeClass();
    for (const [lock, isLocked] of [
      [1, true],
      [1, true],
      [0, true],
      [0, false],
      [0, false],
    ] as const) {
      expect(invoke(factory.address, 4, "flag", lock)).toBe(HRESULT.ok);
      expect(factory.isLocked).toBe(isLocked);
    }
  });
});

describe("an authenticator", () => {
  function makeAuthenticator(answer?: (call: CeremonyCall) => CeremonyAnswer) {
    const made = makeClass(answer);
    return { ...made, object: made.create().object ?? 0n };
  }

  test("counts references and never frees", () => {
    const { object } = makeAuthenticator();
    expect(invoke(object, 1, "count")).toBe(2);
    expect([1, 2, 3].map(() => invoke(object, 2, "count"))).toEqual([1, 0, 0]);
    expect(invoke(object, 1, "count")).toBe(1);
  });

  test.for(["00000003-0000-0000-c000-000000000046", "00000019-0000-0000-c000-000000000046"])(
    "refuses %s, which COM asks for when it marshals",
    (iid) => {
      const { object } = makeAuthenticator();
      const out = makeDirtyMemory(8);
      expect(invoke(object, 0, "twoPointers", bytes(parseGuid(iid)), out)).toBe(HRESULT.noInterface);
      expect(pointerAt(out)).toBeNull();
    },
  );

  test.for([
    [3, "make-credential"],
    [4, "get-assertion"],
  ] as const)("hands slot %i on as %s and gives the response in task memory", ([slot, kind]) => {
    const calls: CeremonyCall[] = [];
    const { object, memory } = makeAuthenticator((call) => {
      calls.push(call);
      return { hresult: 0, response: new Uint8Array([1, 2]) };
    });
    const response = makeDirtyMemory(koffi.sizeof(OperationResponse));
    const { address } = layOutRequest({ window: 5 });
    expect(invoke(object, slot, "twoPointers", address, response)).toBe(HRESULT.ok);
    expect(calls.map((call) => [call.kind, call.request.window])).toEqual([[kind, 5]]);
    expect(readStruct(response, OperationResponse)).toEqual({
      cbEncodedResponse: 2,
      pbEncodedResponse: [...memory.live.keys()][0],
    });
  });

  const throwing = (): CeremonyAnswer => {
    throw new TypeError("a bug");
  };
  test.for<[string, () => CeremonyAnswer, number]>([
    ["refused", () => ({ hresult: HRESULT.badSignature, response: null }), HRESULT.badSignature],
    ["answered with neither bytes nor a failure", () => ({ hresult: 5, response: null }), HRESULT.fail],
    ["broken", throwing, HRESULT.fail],
  ])("fails with nothing in the response when the ceremony is %s", ([, answer, expected]) => {
    const { object, memory } = makeAuthenticator(answer);
    const response = makeDirtyMemory(koffi.sizeof(OperationResponse));
    const { address } = layOutRequest({});
    expect(invoke(object, 3, "twoPointers", address, response)).toBe(expected);
    expect(readStruct(response, OperationResponse)).toEqual({
      cbEncodedResponse: 0,
      pbEncodedResponse: null,
    });
    expect(memory.live.size).toBe(0);
  });

  test("refuses NULL for request and response", () => {
    const { object } = makeAuthenticator();
    const response = makeDirtyMemory(koffi.sizeof(OperationResponse));
    expect(invoke(object, 4, "twoPointers", null, response)).toBe(HRESULT.invalidArgument);
    expect(readStruct(response, OperationResponse)).toMatchObject({ cbEncodedResponse: 0 });
    expect(invoke(object, 4, "twoPointers", null, null)).toBe(HRESULT.pointer);
  });

  test("passes the transaction of a cancel on, and its HRESULT back", () => {
    const { object, cancel } = makeAuthenticator();
    const transactionId = Uint8Array.from({ length: 16 }, (_, index) => index);
    const request = allocatePermanent(koffi.sizeof(CancelRequest));
    koffi.encode(request, "uint8_t", [...transactionId], 16);
    expect(invoke(object, 5, "onePointer", request)).toBe(HRESULT.notFound);
    expect(cancel).toHaveBeenCalledWith(transactionId);
    expect(invoke(object, 5, "onePointer", null)).toBe(HRESULT.invalidArgument);
  });

  test("tells the lock status, and locked when that cannot be told", () => {
    const { object, isUnlocked } = makeAuthenticator();
    const out = makeDirtyMemory(4);
    const ask = () => [invoke(object, 6, "onePointer", out), readStruct(out, "int32_t")];
    expect(ask()).toEqual([HRESULT.ok, 0]);
    isUnlocked.mockReturnValue(true);
    expect(ask()).toEqual([HRESULT.ok, 1]);
    isUnlocked.mockImplementation(() => {
      throw new TypeError("a bug");
    });
    expect(ask()).toEqual([HRESULT.fail, 0]);
    expect(invoke(object, 6, "onePointer", null)).toBe(HRESULT.pointer);
  });
});
