/**
 * A key protector that stands for what releases keys without a passphrase, such as Windows Hello: whoever holds the keys opens the
 * tiers at no cost. The bench keeps them beside the vault's passphrase, so one vault serves both kinds of sign-in.
 */
import type { KeyProtector } from "@latchkey/core/ports";

export interface TierKeys {
  readonly metadata: Uint8Array;
  readonly signing: Uint8Array;
}

const KEY_BYTES = 32;
/** For a vault that is about to be made: its keys are noted down when they are. */
export const NO_KEYS: TierKeys = { metadata: new Uint8Array(), signing: new Uint8Array() };

/** Gives the keys to whoever asks, and protects nothing. */
export function createReleasedProtector(keys: TierKeys): KeyProtector {
  return {
    protect: async (_, key) => key.slice(),
    release: async (tier) => keys[tier].slice(),
  };
}

/** `protector`, with the keys that it was given noted down. */
export function noteKeys(protector: KeyProtector): KeyProtector & { keys(): TierKeys } {
  const noted = new Map<string, Uint8Array>();
  return {
    protect(tier, key) {
      noted.set(tier, key.slice());
      return protector.protect(tier, key);
    },
    release: (tier, protectedKey) => protector.release(tier, protectedKey),
    keys() {
      const [metadata, signing] = [noted.get("metadata"), noted.get("signing")];
      if (metadata === undefined || signing === undefined) throw new Error("no vault was made yet");
      return { metadata, signing };
    },
  };
}

/** 64 bytes: the metadata key, then the signing key. */
export const joinKeys = ({ metadata, signing }: TierKeys): Uint8Array =>
  new Uint8Array([...metadata, ...signing]);

export const splitKeys = (bytes: Uint8Array): TierKeys => ({
  // Copies, whatever kind of view `bytes` is: they are wiped after use.
  metadata: Uint8Array.from(bytes.subarray(0, KEY_BYTES)),
  signing: Uint8Array.from(bytes.subarray(KEY_BYTES, 2 * KEY_BYTES)),
});
