/**
 * Keys of Windows Hello (Windows.Security.Credentials.KeyCredentialManager) through their vtables. A key is RSA-2048 in the container of
 * Hello and signs only after a gesture; its PKCS#1 v1.5 signature over the same bytes is the same every time, so a key can be made of it.
 *
 *   IKeyCredentialManagerStatics  6 IsSupportedAsync  8 RequestCreateAsync(name, option, op)  9 OpenAsync(name, op)
 *   IKeyCredentialRetrievalResult 6 get_Credential  7 get_Status        IKeyCredential  9 RequestSignAsync(buffer, op)
 *   IKeyCredentialOperationResult 6 get_Result  7 get_Status            IBufferFactory  6 Create(length, buffer)
 *   IBuffer 7 get_Length  8 put_Length                                  IBufferByteAccess  3 Buffer(bytes)
 */
import { type Cancellation, NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { VaultError } from "@latchkey/core/errors";
import { callMethod, getNumber, getObject, queryInterface, release, using } from "./com-call.ts";
import { parseGuid } from "./guid.ts";
import { HRESULT, HresultError } from "./hresult.ts";
import { type Address, copyBytes, writeBytes } from "./memory.ts";
import { finishFlag, finishOperation, type WinRt } from "./winrt.ts";

const MANAGER = "Windows.Security.Credentials.KeyCredentialManager";
const BUFFER = "Windows.Storage.Streams.Buffer";
const IID_MANAGER_STATICS = parseGuid("6aac468b-0ef1-4ce0-8290-4106da6a63b5");
const IID_BUFFER_FACTORY = parseGuid("71af914d-c10f-484b-bc50-14bc623b3a27");
const IID_BYTE_ACCESS = parseGuid("905a0fef-bc53-11df-8c49-001e4fc686da");
const FAIL_IF_EXISTS = 1;
/** A signature of RSA-2048 has 256 bytes; nobody has seen keys beyond 4096 bits. */
const MAX_SIGNATURE_BYTES = 512;

/** KeyCredentialStatus. */
const STATUS = { success: 0, notFound: 2, userCanceled: 3, userPrefersPassword: 4, exists: 5 } as const;

export interface HelloKey {
  /**
   * The signature over these bytes, after one gesture; the key is made when there is none and `make` is set. Throws `LK-AUTH-DENIED`,
   * `LK-KEY-HELLO-GONE` when the key is gone (Hello was set up anew), or `HresultError`.
   */
  sign(
    data: Uint8Array,
    options?: { readonly make?: boolean; readonly cancellation?: Cancellation },
  ): Promise<Uint8Array>;
}

/** Whether the person has set up Windows Hello. Throws `HresultError` where this Windows does not say. */
export function isHelloSetUp(winRt: WinRt): Promise<boolean> {
  return using(winRt.getFactory(MANAGER, IID_MANAGER_STATICS), (manager) =>
    using(getObject("IsSupportedAsync", manager, 6, []), (operation) =>
      finishFlag(operation, NEVER_CANCELLED),
    ),
  );
}

export function openHelloKey(winRt: WinRt, name: string): HelloKey {
  const withManager = <T>(work: (manager: Address) => Promise<T>): Promise<T> =>
    using(winRt.getFactory(MANAGER, IID_MANAGER_STATICS), work);

  /** The result of an operation, released after `read`. */
  async function finish<T>(
    operation: Address,
    cancellation: Cancellation,
    read: (result: Address) => T | Promise<T>,
  ): Promise<T> {
    return using(operation, async (running) => using(await finishOperation(running, cancellation), read));
  }

  const takeCredential = (result: Address): Address => {
    checkStatus(getNumber("get_Status", result, 7));
    return getObject("get_Credential", result, 6, []);
  };

  async function open(make: boolean, cancellation: Cancellation): Promise<Address> {
    return withManager(async (manager) => {
      const opening = winRt.withString(name, (text) =>
        getObject("OpenAsync", manager, 9, ["uintptr_t"], text),
      );
      const status = await finish(opening, cancellation, (result) => {
        const found = getNumber("get_Status", result, 7);
        return found === STATUS.notFound && make ? null : takeCredential(result);
      });
      if (status !== null) return status;
      const making = winRt.withString(name, (text) =>
        getObject("RequestCreateAsync", manager, 8, ["uintptr_t", "int32_t"], text, FAIL_IF_EXISTS),
      );
      return finish(making, cancellation, takeCredential);
    });
  }

  function makeBuffer(data: Uint8Array): Promise<Address> {
    return using(winRt.getFactory(BUFFER, IID_BUFFER_FACTORY), async (factory) => {
      const buffer = getObject("Create", factory, 6, ["uint32_t"], data.length);
      try {
        callMethod("put_Length", buffer, 8, ["uint32_t"], data.length);
        await withBytes(buffer, (at) => writeBytes(at, data));
        return buffer;
      } catch (error) {
        release(buffer);
        throw error;
      }
    });
  }

  const withBytes = <T>(buffer: Address, work: (at: Address) => T): Promise<T> =>
    using(queryInterface(buffer, IID_BYTE_ACCESS), (access) => work(getObject("Buffer", access, 3, [])));

  function readBuffer(buffer: Address): Promise<Uint8Array> {
    const length = getNumber("get_Length", buffer, 7);
    if (length <= 0 || length > MAX_SIGNATURE_BYTES) {
      throw new HresultError(HRESULT.fail, `Windows Hello gives a signature of ${length} bytes`);
    }
    return withBytes(buffer, (at) => copyBytes(at, length));
  }

  return {
    async sign(data, { make = false, cancellation = NEVER_CANCELLED } = {}) {
      return using(await open(make, cancellation), async (credential) =>
        using(await makeBuffer(data), (buffer) =>
          finish(
            getObject("RequestSignAsync", credential, 9, ["void *"], buffer),
            cancellation,
            async (result) => {
              checkStatus(getNumber("get_Status", result, 7));
              return using(getObject("get_Result", result, 6, []), readBuffer);
            },
          ),
        ),
      );
    },
  };
}

function checkStatus(status: number): void {
  switch (status) {
    case STATUS.success:
      return;
    case STATUS.userCanceled:
    case STATUS.userPrefersPassword:
      throw new VaultError("LK-AUTH-DENIED", "Windows Hello was refused");
    case STATUS.notFound:
      throw new VaultError("LK-KEY-HELLO-GONE", "key of Windows Hello is gone");
    default:
      throw new HresultError(HRESULT.notSupported, `Windows Hello answers ${status}`);
  }
}
