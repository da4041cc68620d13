/**
 * The structs of webauthnplugin.h and pluginauthenticator.idl (SDK 10.0.26100.7175 and later), x64. Sizes and offsets are the same for
 * koffi on every system, and a test compares them with the header's wherever it runs.
 *
 * Strings are pointers to UTF-16 that koffi converts for the length of one call; bytes are pointers to buffers which the caller keeps.
 * All have names: nameless ones, made by several threads of a process, were taken for one another.
 */
import koffi from "koffi";

const WIDE = "const char16_t *";
const GUID_INLINE = koffi.array("uint8_t", 16);

/** WEBAUTHN_PLUGIN_OPERATION_REQUEST, 56 bytes. */
export const OperationRequest = koffi.struct("OPERATION_REQUEST", {
  hWnd: "uintptr_t",
  transactionId: GUID_INLINE,
  cbRequestSignature: "uint32_t",
  pbRequestSignature: "void *",
  requestType: "int32_t",
  cbEncodedRequest: "uint32_t",
  pbEncodedRequest: "void *",
});

/** WEBAUTHN_PLUGIN_OPERATION_RESPONSE, 16 bytes. */
export const OperationResponse = koffi.struct("OPERATION_RESPONSE", {
  cbEncodedResponse: "uint32_t",
  pbEncodedResponse: "void *",
});

/** WEBAUTHN_PLUGIN_CANCEL_OPERATION_REQUEST, 32 bytes. */
export const CancelRequest = koffi.struct("CANCEL_OPERATION_REQUEST", {
  transactionId: GUID_INLINE,
  cbRequestSignature: "uint32_t",
  pbRequestSignature: "void *",
});

const addOptions = {
  pwszAuthenticatorName: WIDE,
  rclsid: "void *",
  pwszPluginRpId: WIDE,
  pwszLightThemeLogoSvg: WIDE,
  pwszDarkThemeLogoSvg: WIDE,
  cbAuthenticatorInfo: "uint32_t",
  pbAuthenticatorInfo: "void *",
  cSupportedRpIds: "uint32_t",
  ppwszSupportedRpIds: "void *",
};

/** WEBAUTHN_PLUGIN_ADD_AUTHENTICATOR_OPTIONS, 72 bytes. */
export const AddOptions = koffi.struct("ADD_AUTHENTICATOR_OPTIONS", addOptions);
/** WEBAUTHN_PLUGIN_ADD_AUTHENTICATOR_OPTIONS_2, 80 bytes. */
export const AddOptions2 = koffi.struct("ADD_AUTHENTICATOR_OPTIONS_2", {
  ...addOptions,
  pwszUserVerificationKeyName: WIDE,
});

/** WEBAUTHN_PLUGIN_ADD_AUTHENTICATOR_RESPONSE, 16 bytes. */
export const AddResponse = koffi.struct("ADD_AUTHENTICATOR_RESPONSE", {
  cbOpSignPubKey: "uint32_t",
  pbOpSignPubKey: "void *",
});

const updateDetails = {
  pwszAuthenticatorName: WIDE,
  rclsid: "void *",
  rclsidNew: "void *",
  pwszLightThemeLogoSvg: WIDE,
  pwszDarkThemeLogoSvg: WIDE,
  cbAuthenticatorInfo: "uint32_t",
  pbAuthenticatorInfo: "void *",
  cSupportedRpIds: "uint32_t",
  ppwszSupportedRpIds: "void *",
};

/** WEBAUTHN_PLUGIN_UPDATE_AUTHENTICATOR_DETAILS, 72 bytes. */
export const UpdateDetails = koffi.struct("UPDATE_AUTHENTICATOR_DETAILS", updateDetails);
/** WEBAUTHN_PLUGIN_UPDATE_AUTHENTICATOR_DETAILS_2, 80 bytes. */
export const UpdateDetails2 = koffi.struct("UPDATE_AUTHENTICATOR_DETAILS_2", {
  ...updateDetails,
  pwszUserVerificationKeyName: WIDE,
});

/** WEBAUTHN_PLUGIN_CREDENTIAL_DETAILS, 64 bytes. */
export const CredentialDetails = koffi.struct("CREDENTIAL_DETAILS", {
  cbCredentialId: "uint32_t",
  pbCredentialId: "void *",
  pwszRpId: WIDE,
  pwszRpName: WIDE,
  cbUserId: "uint32_t",
  pbUserId: "void *",
  pwszUserName: WIDE,
  pwszUserDisplayName: WIDE,
});

const uvRequest = {
  hwnd: "uintptr_t",
  rguidTransactionId: "void *",
  pwszUsername: WIDE,
  pwszDisplayHint: WIDE,
};

/** WEBAUTHN_PLUGIN_USER_VERIFICATION_REQUEST, 32 bytes. */
export const UserVerificationRequest = koffi.struct("USER_VERIFICATION_REQUEST", uvRequest);
/** WEBAUTHN_PLUGIN_USER_VERIFICATION_REQUEST_2, 48 bytes. */
export const UserVerificationRequest2 = koffi.struct("USER_VERIFICATION_REQUEST_2", {
  ...uvRequest,
  cbBufferToSign: "uint32_t",
  pbBufferToSign: "void *",
});
