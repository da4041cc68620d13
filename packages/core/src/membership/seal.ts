/**
 * Carrying an epoch's roots to a member: M sealed to its metadata KEM key, S to its secret KEM key. A seal opens only for that device,
 * in that log, for that root; what comes out is checked against the epoch record's commitments before it is used.
 */
import { equalBytes } from "../bytes/equal.ts";
import { type KemKeyPair, openFromKem, sealToKem } from "../crypto/kem.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import { commitToRoot, ROOT_BYTES, type RootName } from "./epoch.ts";

/** Bytes of a sealed root: encapsulation 1120, nonce 24, root 32, tag 16. */
export const ROOT_SEAL_BYTES = 1_192;

/** What a seal is bound to, besides the key. */
export interface SealContext {
  readonly logId: Uint8Array;
  /** Hash of the member's record. */
  readonly member: Uint8Array;
  readonly root: RootName;
}

export function sealRoot(
  kemPublicKey: Uint8Array,
  context: SealContext,
  root: Uint8Array,
  random: Random,
): Uint8Array {
  return sealToKem(kemPublicKey, [context.logId, context.member, context.root], root, random);
}

/** The root. Throws `LK-EPOCH-SEAL` when the seal is not for this key and place, or gives another root than committed to. */
export function openRoot(
  keyPair: KemKeyPair,
  context: SealContext,
  seal: Uint8Array,
  commitment: Uint8Array,
): Uint8Array {
  const root = openFromKem(keyPair, [context.logId, context.member, context.root], seal);
  if (root.length !== ROOT_BYTES || !equalBytes(commitToRoot(context.root, root), commitment)) {
    throw new VaultError("LK-EPOCH-SEAL", `root ${context.root} is not the one the epoch record commits to`);
  }
  return root;
}
