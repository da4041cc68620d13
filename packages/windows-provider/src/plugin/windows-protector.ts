/**
 * The `KeyProtector` port on Windows. The metadata tier is a secret of the Windows account: open while the person is signed in to Windows.
 * The signing tier is wrapped under a key that only a signature of Windows Hello gives: the gesture that opens it is the verification.
 *
 *   record = [1, "dpapi", blob]                                        metadata, bound to [label, 1, tier, "dpapi"]
 *   record = [1, "windows-hello", challenge(16), nonce(24) ‖ ciphertext(key + 16)]     under SHA-256(signature over the challenge)
 *
 * The signature must be the same each time. So a record is given out only after it was opened once: else the key would be lost.
 */
import { createHash } from "node:crypto";
import { type Cancellation, NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { joinSealed, openBytes, sealBytes, splitSealed } from "@latchkey/core/crypto/aead";
import { LABELS } from "@latchkey/core/crypto/labels";
import { wipe } from "@latchkey/core/crypto/wipe";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import type { KeyProtector, Random, Tier } from "@latchkey/core/ports";
import { findWay, takeWay } from "@latchkey/device-host/key-protection/ways";
import type { AccountSecrets } from "../native/dpapi.ts";
import type { HelloKey } from "../native/hello.ts";

const VERSION = 1;
const ACCOUNT = "dpapi";
const HELLO = "windows-hello";
const CHALLENGE_BYTES = 16;
const MAX_BLOB_BYTES = 2_048;
const MAX_SEALED_BYTES = 256;
const DAMAGED = "LK-KEY-DAMAGED";

/** Kinds of the records, by tier: what Windows guards beside other ways. */
export const WINDOWS_WAYS = { metadata: ACCOUNT, signing: HELLO } as const satisfies Record<Tier, string>;

export interface WindowsProtectorDeps {
  readonly secrets: AccountSecrets;
  readonly hello: HelloKey;
  readonly random: Random;
  /** Withdraws the prompt. */
  readonly cancellation?: Cancellation;
}

export function createWindowsProtector(deps: WindowsProtectorDeps): KeyProtector {
  const { secrets, hello, random, cancellation = NEVER_CANCELLED } = deps;
  const binding = encodeCbor([LABELS.tierWrap, VERSION, "metadata", ACCOUNT]);
  const bindHello = (challenge: Uint8Array) => [VERSION, "signing", HELLO, challenge] as const;

  function readRecord<T>(record: Uint8Array, kind: string, length: number, read: (fields: Fields) => T): T {
    return readStructure(DAMAGED, record, (value) => {
      const fields = new Fields(value, "record of Windows", length);
      if (fields.uint("version") !== VERSION || fields.text("kind", 32) !== kind) {
        throw new VaultError(DAMAGED, `record is not of version ${VERSION} of ${kind}`);
      }
      return read(fields);
    });
  }

  async function deriveWrapKey(challenge: Uint8Array, make: boolean): Promise<Uint8Array> {
    const signature = await hello.sign(challenge, { make, cancellation });
    try {
      return new Uint8Array(createHash("sha256").update(signature).digest());
    } finally {
      wipe(signature);
    }
  }

  async function protectWithHello(key: Uint8Array): Promise<Uint8Array> {
    const challenge = random(CHALLENGE_BYTES);
    const wrapKey = await deriveWrapKey(challenge, true);
    let record: Uint8Array;
    try {
      const sealed = sealBytes(wrapKey, LABELS.tierWrap, bindHello(challenge), key, random);
      record = encodeCbor([VERSION, HELLO, challenge, joinSealed(sealed)]);
    } finally {
      wipe(wrapKey);
    }
    try {
      wipe(await releaseWithHello(record));
    } catch (error) {
      if (!isVaultError(error, "LK-KEY-HELLO-GONE")) throw error;
      throw new VaultError("LK-KEY-HELLO-UNFIT", "Windows Hello does not sign the same way twice");
    }
    return record;
  }

  async function releaseWithHello(record: Uint8Array): Promise<Uint8Array> {
    const own = findWay(record, HELLO);
    if (own === null) throw new VaultError("LK-KEY-HELLO-GONE", "vault was not entrusted to Windows Hello");
    const { challenge, sealed } = readRecord(own, HELLO, 4, (fields) => ({
      challenge: fields.bytes("challenge", CHALLENGE_BYTES),
      sealed: fields.bytes("sealed key", { min: 1, max: MAX_SEALED_BYTES }),
    }));
    const wrapKey = await deriveWrapKey(challenge, false);
    try {
      const parts = splitSealed(sealed, DAMAGED);
      // Another signature than at the enrolment: Windows Hello was set up anew since, or does not sign the same way twice.
      return openBytes(wrapKey, LABELS.tierWrap, bindHello(challenge), parts, "LK-KEY-HELLO-GONE");
    } finally {
      wipe(wrapKey);
    }
  }

  function protectWithAccount(key: Uint8Array): Uint8Array {
    const record = encodeCbor([VERSION, ACCOUNT, secrets.protect(key, binding)]);
    wipe(releaseWithAccount(record));
    return record;
  }

  function releaseWithAccount(record: Uint8Array): Uint8Array {
    const blob = readRecord(takeWay(record, ACCOUNT), ACCOUNT, 3, (fields) =>
      fields.bytes("blob", { min: 1, max: MAX_BLOB_BYTES }),
    );
    const key = secrets.unprotect(blob, binding);
    if (key === null) throw new VaultError(DAMAGED, "Windows does not open what it protected");
    return key;
  }

  return {
    async protect(tier, key) {
      return tier === "signing" ? protectWithHello(key) : protectWithAccount(key);
    },
    async release(tier, record) {
      return tier === "signing" ? releaseWithHello(record) : releaseWithAccount(record);
    },
  };
}
