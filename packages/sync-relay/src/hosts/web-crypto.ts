/** Ed25519 through WebCrypto, which every host has. */
import type { VerifyEd25519 } from "@latchkey/core/relay-protocol";

/** A key that is no point, a signature of another length: simply not a signature. */
export const verifyEd25519: VerifyEd25519 = async (publicKey, signature, message) => {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey.slice(), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature.slice(), message.slice());
  } catch {
    return false;
  }
};
