/**
 * What Windows hands to the class and takes from it (pluginauthenticator.idl). Windows owns everything that a request points to, and only
 * during the call: it is copied. The response is the caller's own struct; the bytes in it must be task memory and pass to the caller.
 */
import { type Address, copyBytes, readStruct, type TaskMemory, writeBytes, writeStruct } from "./memory.ts";
import { CancelRequest, OperationRequest, OperationResponse } from "./structs.ts";

/** WEBAUTHN_PLUGIN_REQUEST_TYPE_CTAP2_CBOR, the one type that there is. */
export const REQUEST_TYPE_CTAP2_CBOR = 1;
/** Bytes of a request: the greatest message that the authenticator takes (its getInfo says the same). */
export const MAX_REQUEST_BYTES = 65_536;
/** Bytes of a signature: RSA of 8192 bits would have 1024. */
const MAX_SIGNATURE_BYTES = 1_024;

export interface OperationRequest {
  /** The window of the program that asks, as a number. */
  readonly window: number | bigint;
  /** 16 bytes as they lie in memory. */
  readonly transactionId: Uint8Array;
  readonly signature: Uint8Array;
  readonly type: number;
  /** CTAP2 CBOR without a command byte. */
  readonly encoded: Uint8Array;
}

interface RawRequest {
  readonly hWnd: number | bigint;
  readonly transactionId: ArrayLike<number>;
  readonly cbRequestSignature: number;
  readonly pbRequestSignature: Address | null;
  readonly requestType: number;
  readonly cbEncodedRequest: number;
  readonly pbEncodedRequest: Address | null;
}

/** `null` for a NULL request, for NULL where bytes are promised, and for more bytes than the limits: nothing that can be answered. */
export function readOperationRequest(address: Address | null): OperationRequest | null {
  if (address === null || address === 0n) return null;
  const raw = readStruct(address, OperationRequest) as RawRequest;
  const signature = takeBytes(raw.pbRequestSignature, raw.cbRequestSignature, MAX_SIGNATURE_BYTES);
  const encoded = takeBytes(raw.pbEncodedRequest, raw.cbEncodedRequest, MAX_REQUEST_BYTES);
  if (signature === null || encoded === null) return null;
  return {
    window: raw.hWnd,
    transactionId: Uint8Array.from(raw.transactionId),
    signature,
    type: raw.requestType,
    encoded,
  };
}

/** The transaction to cancel; its signature is not looked at, for what it covers is not documented and a cancel harms nothing. */
export function readCancelledTransaction(address: Address | null): Uint8Array | null {
  if (address === null || address === 0n) return null;
  const raw = readStruct(address, CancelRequest) as Pick<RawRequest, "transactionId">;
  return Uint8Array.from(raw.transactionId);
}

function takeBytes(address: Address | null, length: number, max: number): Uint8Array | null {
  if (length === 0) return new Uint8Array();
  return address === null || address === 0n || length > max ? null : copyBytes(address, length);
}

/** The first thing in every operation: no later failure can leave bytes behind. */
export function clearResponse(address: Address): void {
  writeStruct(address, OperationResponse, { cbEncodedResponse: 0, pbEncodedResponse: null });
}

/** `false` when there is no memory for it; the response then stays empty. */
export function writeResponse(address: Address, bytes: Uint8Array, memory: TaskMemory): boolean {
  const block = memory.allocate(bytes.length);
  if (block === 0n) return false;
  writeBytes(block, bytes);
  writeStruct(address, OperationResponse, { cbEncodedResponse: bytes.length, pbEncodedResponse: block });
  return true;
}
