/** WEBAUTHN_PLUGIN_CREDENTIAL_DETAILS to and from what the provider works with. Windows may leave out what we never do. */
import koffi from "koffi";
import { type Address, copyBytes, readStruct } from "./memory.ts";
import { CredentialDetails } from "./structs.ts";
import type { CachedCredential } from "./webauthn-plugin.ts";

const BYTES = koffi.sizeof(CredentialDetails);

/** As koffi encodes it into an array of structs; the buffers are to be kept until the call has returned. */
export const toDetails = (credential: CachedCredential) => ({
  cbCredentialId: credential.credentialId.length,
  pbCredentialId: Buffer.from(credential.credentialId),
  pwszRpId: credential.rpId,
  pwszRpName: credential.rpName,
  cbUserId: credential.userId.length,
  pbUserId: Buffer.from(credential.userId),
  pwszUserName: credential.userName,
  pwszUserDisplayName: credential.userDisplayName,
});

interface RawDetails {
  readonly cbCredentialId: number;
  readonly pbCredentialId: Address | null;
  readonly pwszRpId: string | null;
  readonly pwszRpName: string | null;
  readonly cbUserId: number;
  readonly pbUserId: Address | null;
  readonly pwszUserName: string | null;
  readonly pwszUserDisplayName: string | null;
}

/** Copies of an array of them. */
export function readDetails(address: Address, length: number): readonly CachedCredential[] {
  return Array.from({ length }, (_, index) => {
    const raw = readStruct(address + BigInt(index * BYTES), CredentialDetails) as RawDetails;
    return {
      credentialId: takeBytes(raw.pbCredentialId, raw.cbCredentialId),
      rpId: raw.pwszRpId ?? "",
      rpName: raw.pwszRpName ?? "",
      userId: takeBytes(raw.pbUserId, raw.cbUserId),
      userName: raw.pwszUserName ?? "",
      userDisplayName: raw.pwszUserDisplayName ?? "",
    };
  });
}

const takeBytes = (address: Address | null, length: number): Uint8Array =>
  address === null ? new Uint8Array() : copyBytes(address, length);
