/**
 * The prf extension on the client's side (WebAuthn L3 § 10.1.4): rules of its inputs, and the salts that are made of them.
 *
 *   salt = SHA-256("WebAuthn PRF" ‖ 0x00 ‖ input)
 */
import { equalBytes } from "../bytes/equal.ts";
import { concatBytes } from "../bytes/concat.ts";
import { decodeBase64url, encodeUtf8 } from "../bytes/text.ts";
import type { CredentialCrypto } from "../ports.ts";
import type { Descriptor, PrfValues, PrfWish } from "./options.ts";
import { WebAuthnError } from "./webauthn-error.ts";

const CONTEXT = encodeUtf8("WebAuthn PRF\u0000");
const OUTPUT_BYTES = 32;

export interface PrfResults {
  readonly first: Uint8Array;
  readonly second: Uint8Array | null;
}

/** One salt of 32 bytes for each value. */
export function deriveSalts(
  { sha256 }: Pick<CredentialCrypto, "sha256">,
  { first, second }: PrfValues,
): Uint8Array {
  const inputs = second === null ? [first] : [first, second];
  return concatBytes(...inputs.map((input) => sha256(concatBytes(CONTEXT, input))));
}

export const toResults = (outputs: Uint8Array): PrfResults => ({
  first: outputs.slice(0, OUTPUT_BYTES),
  second: outputs.length > OUTPUT_BYTES ? outputs.slice(OUTPUT_BYTES) : null,
});

/** "Client extension processing (registration)", step 1. */
export function checkCreationPrf(wish: PrfWish): void {
  if (wish.evalByCredential !== null) {
    throw new WebAuthnError("NotSupportedError", "evalByCredential is for passkeys that exist");
  }
}

/** "Client extension processing (authentication)", steps 1 and 2. */
export function checkRequestPrf(wish: PrfWish, allowCredentials: readonly Descriptor[]): void {
  const named = [...(wish.evalByCredential?.keys() ?? [])];
  if (named.length > 0 && allowCredentials.length === 0) {
    throw new WebAuthnError("NotSupportedError", "evalByCredential is there without allowCredentials");
  }
  for (const text of named) {
    const id = text === "" ? null : decodeBase64url(text);
    if (id === null || !allowCredentials.some((descriptor) => equalBytes(descriptor.id, id))) {
      throw new WebAuthnError("SyntaxError", "evalByCredential names none of allowCredentials");
    }
  }
}
