/**
 * The plugin functions of webauthn.dll, bound by name. All may be missing: they came with Windows 11 builds 26100.6725 and 26200.6725.
 */
import koffi from "koffi";
import { toDetails, readDetails } from "./credential-details.ts";
import { checkHresult, HRESULT, HresultError } from "./hresult.ts";
import { type Address, copyBytes, readStruct } from "./memory.ts";
import { type ExportFinder, PluginExports } from "./plugin-exports.ts";
import { registerSlot, type ReportFault } from "./slots.ts";
import * as structs from "./structs.ts";
import { openSystemLibrary } from "./system-library.ts";
import type { AuthenticatorDetails, CachedCredential, WebAuthnPlugin } from "./webauthn-plugin.ts";

/** Without these there is no provider at all. */
const INDISPENSABLE = [
  "WebAuthNPluginGetAuthenticatorState",
  "WebAuthNPluginAddAuthenticator",
  "WebAuthNPluginPerformUserVerification",
  "WebAuthNPluginGetOperationSigningPublicKey",
] as const;

const ENABLED = 1;
/** Credentials in the cache of one provider: more than any vault has. */
const MAX_CACHED = 100_000;

/** The indispensable functions that this Windows does not export; none: it can have providers. */
export function findMissingExports(
  library: ExportFinder | null = openSystemLibrary("webauthn.dll"),
): readonly string[] {
  return INDISPENSABLE.filter((name) => library?.find(name, "int32_t", []) == null);
}

export function openWebAuthnPlugin(
  reportFault: ReportFault,
  library: ExportFinder | null = openSystemLibrary("webauthn.dll"),
): WebAuthnPlugin {
  const dll = new PluginExports(library);

  function getKey(name: string, clsid: Uint8Array): Uint8Array {
    const length = Buffer.alloc(4);
    const pointer = Buffer.alloc(8);
    dll.call(name, ["void *", "void *", "void *"], Buffer.from(clsid), length, pointer);
    return dll.takeBlob("WebAuthNPluginFreePublicKeyResponse", length, pointer);
  }

  function changeCache(name: string, clsid: Uint8Array, credentials: readonly CachedCredential[]): void {
    // Older builds refuse an empty list.
    if (credentials.length === 0) return;
    const details = credentials.map(toDetails);
    dll.call(
      name,
      ["void *", "uint32_t", koffi.pointer(structs.CredentialDetails)],
      Buffer.from(clsid),
      details.length,
      details,
    );
  }

  return {
    getState(clsid) {
      const name = "WebAuthNPluginGetAuthenticatorState";
      const state = Buffer.alloc(4);
      const hresult = dll.attempt(name, ["void *", "void *"], Buffer.from(clsid), state);
      if (hresult === HRESULT.notFound) return null;
      checkHresult(hresult, name);
      return state.readInt32LE() === ENABLED ? "enabled" : "disabled";
    },

    async add(details) {
      const out = Buffer.alloc(8);
      const options = { ...toCommon(details), pwszPluginRpId: details.rpId };
      await dll.newest("WebAuthNPluginAddAuthenticator", (name, isSuccessor) => {
        const type = koffi.pointer(isSuccessor ? structs.AddOptions2 : structs.AddOptions);
        return dll.attempt(name, [type, "void *"], options, out);
      });
      const address = out.readBigUInt64LE();
      if (address === 0n) return new Uint8Array();
      try {
        const raw = readStruct(address, structs.AddResponse) as AddedKey;
        return raw.pbOpSignPubKey === null
          ? new Uint8Array()
          : copyBytes(raw.pbOpSignPubKey, raw.cbOpSignPubKey);
      } finally {
        dll.release("WebAuthNPluginFreeAddAuthenticatorResponse", ["void *"], address);
      }
    },

    async update(details) {
      const changes = { ...toCommon(details), rclsidNew: null };
      await dll.newest("WebAuthNPluginUpdateAuthenticatorDetails", (name, isSuccessor) => {
        const type = koffi.pointer(isSuccessor ? structs.UpdateDetails2 : structs.UpdateDetails);
        return dll.attempt(name, [type], changes);
      });
    },

    remove(clsid) {
      dll.call("WebAuthNPluginRemoveAuthenticator", ["void *"], Buffer.from(clsid));
    },

    onStateChange(clsid, changed) {
      const cookie = Buffer.alloc(4);
      const slot = registerSlot("notice", changed, reportFault);
      dll.call(
        "WebAuthNPluginRegisterStatusChangeCallback",
        ["void *", "void *", "void *", "void *"],
        slot,
        null,
        Buffer.from(clsid),
        cookie,
      );
      return () => dll.call("WebAuthNPluginUnregisterStatusChangeCallback", ["void *"], cookie);
    },

    addCredentials(clsid, credentials) {
      changeCache("WebAuthNPluginAuthenticatorAddCredentials", clsid, credentials);
    },

    removeCredentials(clsid, credentials) {
      changeCache("WebAuthNPluginAuthenticatorRemoveCredentials", clsid, credentials);
    },

    removeAllCredentials(clsid) {
      const name = "WebAuthNPluginAuthenticatorRemoveAllCredentials";
      const hresult = dll.attempt(name, ["void *"], Buffer.from(clsid));
      if (!isNothingThere(hresult)) checkHresult(hresult, name);
    },

    listCredentials(clsid) {
      const name = "WebAuthNPluginAuthenticatorGetAllCredentials";
      const count = Buffer.alloc(4);
      const pointer = Buffer.alloc(8);
      const hresult = dll.attempt(name, ["void *", "void *", "void *"], Buffer.from(clsid), count, pointer);
      if (isNothingThere(hresult)) return [];
      checkHresult(hresult, name);
      const length = count.readUInt32LE();
      const address = pointer.readBigUInt64LE();
      if (address === 0n) return [];
      try {
        if (length > MAX_CACHED) throw new HresultError(HRESULT.fail, `${name} gives ${length} credentials`);
        return readDetails(address, length);
      } finally {
        dll.release(
          "WebAuthNPluginAuthenticatorFreeCredentialDetailsArray",
          ["uint32_t", "void *"],
          length,
          address,
        );
      }
    },

    async verifyUser({ window, transactionId, userName, hint }) {
      const length = Buffer.alloc(4);
      const pointer = Buffer.alloc(8);
      const request = {
        hwnd: window,
        rguidTransactionId: Buffer.from(transactionId),
        pwszUsername: userName,
        pwszDisplayHint: hint,
      };
      // Without a buffer to sign the successor signs what the older one does: the request of this transaction.
      const request2 = { ...request, cbBufferToSign: 0, pbBufferToSign: null };
      await dll.newest("WebAuthNPluginPerformUserVerification", (name, isSuccessor) => {
        const type = isSuccessor ? structs.UserVerificationRequest2 : structs.UserVerificationRequest;
        return dll.attemptInBackground(
          name,
          [koffi.pointer(type), "void *", "void *"],
          isSuccessor ? request2 : request,
          length,
          pointer,
        );
      });
      return dll.takeBlob("WebAuthNPluginFreeUserVerificationResponse", length, pointer);
    },

    countVerifications(clsid) {
      const count = Buffer.alloc(4);
      dll.call("WebAuthNPluginGetUserVerificationCount", ["void *", "void *"], Buffer.from(clsid), count);
      return count.readUInt32LE();
    },

    getVerificationKey: (clsid) => getKey("WebAuthNPluginGetUserVerificationPublicKey", clsid),
    getOperationKey: (clsid) => getKey("WebAuthNPluginGetOperationSigningPublicKey", clsid),
  };
}

interface AddedKey {
  readonly cbOpSignPubKey: number;
  readonly pbOpSignPubKey: Address | null;
}

/** An empty cache answers with one of these. */
const isNothingThere = (hresult: number): boolean =>
  hresult === HRESULT.fileNotFound || hresult === HRESULT.notFound;

/** A key of the verification that does not exist would fail the call: Windows makes its own. */
const toCommon = (details: AuthenticatorDetails) => ({
  pwszAuthenticatorName: details.name,
  rclsid: Buffer.from(details.clsid),
  pwszLightThemeLogoSvg: details.lightLogo,
  pwszDarkThemeLogoSvg: details.darkLogo,
  cbAuthenticatorInfo: details.info.length,
  pbAuthenticatorInfo: Buffer.from(details.info),
  cSupportedRpIds: 0,
  ppwszSupportedRpIds: null,
  pwszUserVerificationKeyName: null,
});
