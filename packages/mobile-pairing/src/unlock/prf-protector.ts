/**
 * The `KeyProtector` port behind the phone's own unlocking: WebAuthn's PRF extension (Level 3 § 10.1.4) gives 32 bytes that only this
 * authenticator can make, after it has verified the person, and they seal the tier's key.
 *
 *   record = [1, "webauthn-prf", salt(16), nonce(24) ‖ ciphertext(key + 16)]
 *   key    = KDF(PRF output, key-prf-tier, [tier, salt])
 *
 * One verification may release both tiers. What the PRF gave is kept until `end`, then wiped.
 */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { joinSealed, openBytes, sealBytes, splitSealed } from "@latchkey/core/crypto/aead";
import { deriveKey } from "@latchkey/core/crypto/hash";
import { LABELS } from "@latchkey/core/crypto/labels";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { KeyProtector, Random } from "@latchkey/core/ports";

const VERSION = 1;
const ALGORITHM = "webauthn-prf";
const SALT_BYTES = 16;
const MAX_SEALED_BYTES = 256;

/** `evaluate` asks the authenticator, at most once. Throws `LK-AUTH-DENIED` where it does not verify the person. */
export function createPrfProtector(
  evaluate: () => Promise<Uint8Array>,
  random: Random,
): KeyProtector & { end(): void } {
  let output: Promise<Uint8Array> | null = null;

  async function withKey<T>(tier: string, salt: Uint8Array, use: (key: Uint8Array) => T): Promise<T> {
    output ??= evaluate();
    const key = deriveKey(await output, LABELS.prfTierKey, [tier, salt]);
    try {
      return use(key);
    } finally {
      wipe(key);
    }
  }
  const bind = (tier: string, salt: Uint8Array) => [VERSION, tier, ALGORITHM, salt];

  return {
    protect(tier, tierKey) {
      const salt = random(SALT_BYTES);
      return withKey(tier, salt, (key) =>
        encodeCbor([
          VERSION,
          ALGORITHM,
          salt,
          joinSealed(sealBytes(key, LABELS.tierWrap, bind(tier, salt), tierKey, random)),
        ]),
      );
    },
    async release(tier, protectedKey) {
      const { salt, sealed } = decodeRecord(protectedKey);
      const parts = splitSealed(sealed, "LK-KEY-DAMAGED");
      // Another authenticator's output: this is not the phone that made the record, or it was made anew.
      return withKey(tier, salt, (key) =>
        openBytes(key, LABELS.tierWrap, bind(tier, salt), parts, "LK-AUTH-DENIED"),
      );
    },
    end() {
      void output?.then(wipe, () => {});
      output = null;
    },
  };
}

function decodeRecord(bytes: Uint8Array): { readonly salt: Uint8Array; readonly sealed: Uint8Array } {
  return readStructure("LK-KEY-DAMAGED", bytes, (value) => {
    const fields = new Fields(value, "PRF record", 4);
    const version = fields.uint("version");
    const algorithm = fields.text("algorithm", 32);
    if (version !== VERSION || algorithm !== ALGORITHM)
      throw new VaultError("LK-KEY-DAMAGED", `PRF record has version ${version} of ${algorithm}`);
    return {
      salt: fields.bytes("salt", SALT_BYTES),
      sealed: fields.bytes("sealed key", { min: 1, max: MAX_SEALED_BYTES }),
    };
  });
}
