/** The device host of a vault file on this machine, with what Node lends: clock, randomness, OpenSSL's signatures. */
import { randomBytes } from "node:crypto";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { Clock, Random } from "@latchkey/core/ports";
import { DeviceHost } from "@latchkey/device-host/device-host";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";

export const systemClock: Clock = { now: () => Date.now() };
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length));

export class VaultHost extends DeviceHost {
  /** Takes over a store that holds a vault: the file at `path`. */
  constructor(path: string, store: DeviceStore) {
    const crypto = createNativeCredentialCrypto();
    super(path, { store, random: systemRandom, clock: systemClock, crypto });
  }
}
