/** Task memory for tests on any system: counted, so that a test can see what was handed over and what was not freed. */
import koffi from "koffi";
import { type Address, allocatePermanent, type TaskMemory, writeStruct } from "../../src/native/memory.ts";
import { OperationRequest } from "../../src/native/structs.ts";

export interface CountedMemory extends TaskMemory {
  readonly live: ReadonlyMap<Address, number>;
  /** The next allocation gives nothing. */
  exhaust(): void;
}

export function createCountedMemory(): CountedMemory {
  const live = new Map<Address, number>();
  let isExhausted = false;
  return {
    live,
    exhaust() {
      isExhausted = true;
    },
    allocate(bytes) {
      if (isExhausted) return 0n;
      const address = koffi.address(koffi.alloc("uint8_t", bytes));
      live.set(address, bytes);
      return address;
    },
    free(address) {
      live.delete(address);
    },
  };
}

/** Memory that already holds something, as a caller's may. */
export function makeDirtyMemory(bytes: number): Address {
  const address = allocatePermanent(bytes);
  new Uint8Array(koffi.view(address, bytes)).fill(0xa5);
  return address;
}

export interface RequestFields {
  readonly window?: number;
  readonly transactionId?: Uint8Array;
  readonly signature?: Uint8Array | null;
  readonly signatureLength?: number;
  readonly type?: number;
  readonly encoded?: Uint8Array | null;
  readonly encodedLength?: number;
}

/** An OPERATION_REQUEST as Windows would lay it down; the buffers are kept by the result. */
export function layOutRequest(fields: RequestFields): { readonly address: Address; readonly keep: unknown } {
  const address = allocatePermanent(koffi.sizeof(OperationRequest));
  const signature = fields.signature === null ? null : Buffer.from(fields.signature ?? [1, 2, 3]);
  const encoded = fields.encoded === null ? null : Buffer.from(fields.encoded ?? [0xa0]);
  writeStruct(address, OperationRequest, {
    hWnd: fields.window ?? 0x1234,
    transactionId: [...(fields.transactionId ?? new Uint8Array(16).fill(7))],
    cbRequestSignature: fields.signatureLength ?? signature?.length ?? 0,
    pbRequestSignature: signature,
    requestType: fields.type ?? 1,
    cbEncodedRequest: fields.encodedLength ?? encoded?.length ?? 0,
    pbEncodedRequest: encoded,
  });
  return { address, keep: [signature, encoded] };
}
