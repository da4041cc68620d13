/** Extensions of a registration (WebAuthn L3 § 10.1, CTAP 2.2 § 12): the page's wishes → inputs for the authenticator → outputs for the page. */
import { asBoolean, asBytes, readOptional } from "../authenticator/request-map.ts";
import type { CborMap, CborValue } from "../cbor/codec.ts";
import type { AuthenticatorData } from "./authenticator-data.ts";
import { readUnsigned } from "./authenticator-data.ts";
import type { AuthenticatorInfo } from "./authenticator-info.ts";
import { type CtapCalls, readAnswer } from "./authenticator-port.ts";
import type { ClientDeps } from "./client-deps.ts";
import { checkCreationLargeBlob } from "./large-blob.ts";
import type { CreationExtensions } from "./options.ts";
import { checkCreationPrf, deriveSalts, toResults } from "./prf.ts";
import type { RegistrationOutputs } from "./responses.ts";
import { type SealedExchange, sealSalts } from "./salt-exchange.ts";
import { WebAuthnError } from "./webauthn-error.ts";

const UNSIGNED_OUTPUTS = 6;

/** What is wrong whatever the authenticator is; before it hears of anything. */
export function checkCreationExtensions({ prf, largeBlob }: CreationExtensions): void {
  if (prf !== null) checkCreationPrf(prf);
  if (largeBlob !== null) checkCreationLargeBlob(largeBlob);
}

/** Whether PRF outputs are wanted and can be had at creation: they are those of a verified person, whatever the page says (§ 10.1.4). */
export const wantsPrfAtCreation = ({ prf }: CreationExtensions, info: AuthenticatorInfo): boolean =>
  prf !== null &&
  prf.eval !== null &&
  info.extensions.has("hmac-secret-mc") &&
  info.canVerify &&
  info.protocol !== null;

export interface CreationExchange {
  /** The request's `extensions`. */
  readonly inputs: CborMap;
  readonly salts: SealedExchange | null;
}

/** Throws `NotAllowedError` where the authenticator cannot give what the page insists on. */
export async function makeCreationInputs(
  deps: ClientDeps,
  calls: CtapCalls,
  info: AuthenticatorInfo,
  extensions: CreationExtensions,
): Promise<CreationExchange> {
  const { prf, protection, credBlob, largeBlob } = extensions;
  const inputs = new Map<string, CborValue>();

  if (protection !== null) {
    if (info.extensions.has("credProtect")) inputs.set("credProtect", protection);
    else if (extensions.enforceProtection && protection > 1) {
      throw new WebAuthnError("NotAllowedError", "authenticator does not keep to the protection policy");
    }
  }
  if (credBlob !== null && info.extensions.has("credBlob")) inputs.set("credBlob", credBlob);
  if (largeBlob !== null && largeBlob.support !== null) {
    if (deps.largeBlobs !== null) inputs.set("largeBlob", new Map([["support", largeBlob.support]]));
    else if (largeBlob.support === "required") {
      throw new WebAuthnError("NotAllowedError", "authenticator keeps no large blobs");
    }
  }

  let salts: SealedExchange | null = null;
  if (prf !== null && info.extensions.has("hmac-secret")) {
    inputs.set("hmac-secret", true);
    if (prf.eval !== null && info.protocol !== null && wantsPrfAtCreation(extensions, info)) {
      salts = await sealSalts(deps, calls, info.protocol, deriveSalts(deps.crypto, prf.eval));
      inputs.set("hmac-secret-mc", salts.input);
    }
  }
  return { inputs, salts };
}

export function readCreationOutputs(
  extensions: CreationExtensions,
  { salts }: CreationExchange,
  answer: CborMap,
  { extensions: signed }: AuthenticatorData,
  discoverable: boolean,
): RegistrationOutputs {
  return readAnswer(() => {
    const sealed = readOptional(signed, "hmac-secret-mc", "hmac-secret-mc", asBytes);
    const enabled = readOptional(signed, "hmac-secret", "hmac-secret", asBoolean) ?? false;
    const largeBlob = readUnsigned(answer, UNSIGNED_OUTPUTS, "largeBlob");
    const supported = readOptional(largeBlob, "supported", "largeBlob.supported", asBoolean) ?? false;
    return {
      discoverable: extensions.credProps ? discoverable : null,
      prf:
        extensions.prf === null
          ? null
          : { enabled, results: salts === null || sealed === null ? null : toResults(salts.open(sealed)) },
      largeBlobSupported: extensions.largeBlob === null ? null : supported,
      credBlobStored:
        extensions.credBlob === null
          ? null
          : (readOptional(signed, "credBlob", "credBlob", asBoolean) ?? false),
    };
  });
}
