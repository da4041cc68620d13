/** Guarded slots, called back through their native addresses as COM calls them. */
import { describe, expect, test, vi } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import { callSlot, registerSlot } from "../../src/native/slots.ts";

const answers = (value: unknown) => () => value as number;

describe("a slot", () => {
  test("gives its number, negative ones included, and gets NULL as null", () => {
    const seen = vi.fn<(...parameters: unknown[]) => number>(() => HRESULT.busy);
    const slot = registerSlot("twoPointers", seen, () => {});
    expect(callSlot(slot, "twoPointers", 8n, null, 16n)).toBe(HRESULT.busy);
    expect(seen).toHaveBeenCalledWith(8n, null, 16n);
  });

  test.for<[string, () => number]>([
    [
      "throws",
      () => {
        throw new TypeError("a bug");
      },
    ],
    ["returns a promise", answers(Promise.resolve(0))],
    ["returns nothing", answers(undefined)],
    ["returns text", answers("0")],
    ["returns a fraction", answers(0.5)],
    ["returns null", answers(null)],
  ])("that %s fails with E_FAIL and is reported, never a success", ([, handler]) => {
    const reportFault = vi.fn<(fault: unknown) => void>();
    const slot = registerSlot("onePointer", handler, reportFault);
    expect(callSlot(slot, "onePointer", 8n, null)).toBe(HRESULT.fail);
    expect(reportFault).toHaveBeenCalledOnce();
  });

  test("of a count never gives a failure: it is no HRESULT", () => {
    const slot = registerSlot("count", answers(undefined), () => {});
    expect(callSlot(slot, "count", 8n)).toBe(1);
  });

  test("without a result is called and swallows what it throws", () => {
    const reportFault = vi.fn<(fault: unknown) => void>();
    const slot = registerSlot(
      "notice",
      () => {
        throw new TypeError("a bug");
      },
      reportFault,
    );
    callSlot(slot, "notice", null);
    expect(reportFault).toHaveBeenCalledOnce();
  });
});
