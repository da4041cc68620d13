/** Requests and responses in memory, laid out as Windows does. */
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { copyBytes, readStruct } from "../../src/native/memory.ts";
import {
  clearResponse,
  MAX_REQUEST_BYTES,
  readCancelledTransaction,
  readOperationRequest,
  writeResponse,
} from "../../src/native/operation-memory.ts";
import { OperationResponse } from "../../src/native/structs.ts";
import { createCountedMemory, layOutRequest, makeDirtyMemory, type RequestFields } from "./test-memory.ts";

describe("a request", () => {
  test("is read field by field", () => {
    const transactionId = Uint8Array.from({ length: 16 }, (_, index) => index);
    const { address } = layOutRequest({ window: 77, transactionId, encoded: new Uint8Array([0xa1, 1, 2]) });
    expect(readOperationRequest(address)).toEqual({
      window: 77,
      transactionId,
      signature: new Uint8Array([1, 2, 3]),
      type: 1,
      encoded: new Uint8Array([0xa1, 1, 2]),
    });
  });

  test("is copied: what Windows does with its memory afterwards changes nothing", () => {
    const { address, keep } = layOutRequest({ encoded: new Uint8Array([1, 2, 3]) });
    const request = readOperationRequest(address);
    (keep as Buffer[])[1]?.fill(0);
    expect(request?.encoded).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("may have the greatest length and an empty signature", () => {
    const { address } = layOutRequest({ signature: null, encoded: new Uint8Array(MAX_REQUEST_BYTES) });
    const request = readOperationRequest(address);
    expect(request?.signature).toHaveLength(0);
    expect(request?.encoded).toHaveLength(MAX_REQUEST_BYTES);
  });

  test.for<[string, RequestFields]>([
    ["NULL where bytes are promised", { encoded: null, encodedLength: 4 }],
    ["NULL where a signature is promised", { signature: null, signatureLength: 4 }],
    ["more bytes than the limit", { encodedLength: MAX_REQUEST_BYTES + 1 }],
    ["a signature longer than any", { signatureLength: 1_025 }],
  ])("is refused with %s", ([, fields]) => {
    expect(readOperationRequest(layOutRequest(fields).address)).toBeNull();
  });

  test("is refused when it is NULL", () => {
    expect(readOperationRequest(null)).toBeNull();
    expect(readCancelledTransaction(null)).toBeNull();
  });
});

describe("a response", () => {
  const BYTES = koffi.sizeof(OperationResponse);

  test("is empty after clearing, whatever was there", () => {
    const address = makeDirtyMemory(BYTES);
    clearResponse(address);
    expect(readStruct(address, OperationResponse)).toEqual({ cbEncodedResponse: 0, pbEncodedResponse: null });
  });

  test("points to task memory that holds the bytes", () => {
    const memory = createCountedMemory();
    const address = makeDirtyMemory(BYTES);
    expect(writeResponse(address, new Uint8Array([5, 6, 7]), memory)).toBe(true);
    const [[block, length] = [0n, 0]] = memory.live;
    expect(readStruct(address, OperationResponse)).toEqual({
      cbEncodedResponse: 3,
      pbEncodedResponse: block,
    });
    expect(copyBytes(block, length)).toEqual(new Uint8Array([5, 6, 7]));
  });

  test("stays empty when there is no memory", () => {
    const memory = createCountedMemory();
    const address = makeDirtyMemory(BYTES);
    clearResponse(address);
    memory.exhaust();
    expect(writeResponse(address, new Uint8Array([5]), memory)).toBe(false);
    expect(readStruct(address, OperationResponse)).toEqual({ cbEncodedResponse: 0, pbEncodedResponse: null });
  });
});
