/**
 * The `KeyProtector` port behind a passphrase: Argon2id (RFC 9106) makes a key of it, which seals the tier's key.
 *
 *   record = [1, "argon2id", memory in KiB, passes, parallelism, salt(16), nonce(24) ‖ ciphertext(key + 16)]
 *
 * Each record has a salt of its own, so one passphrase guards two tiers with two runs, which may run at the same time. The
 * parameters stand beside: they can rise later without locking anyone out. Tier, parameters and salt are bound to the seal.
 * A seal that does not open means the wrong passphrase: that the record itself is whole, the store's checksum says.
 */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { joinSealed, openBytes, sealBytes, splitSealed } from "@latchkey/core/crypto/aead";
import { LABELS } from "@latchkey/core/crypto/labels";
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { KeyProtector, Random, Tier } from "@latchkey/core/ports";
import { runArgon2id, SHIPPED_COST } from "#argon2";
import type { Argon2Cost } from "./argon2-cost.ts";
import { takeWay } from "./ways.ts";

/** What a record may ask for at most: a hostile one must not eat the machine. 1 GiB, 16 passes, 4 lanes. */
const MAX_COST: Argon2Cost = { memoryKiB: 1_048_576, passes: 16, parallelism: 4 };
/** RFC 9106 § 3.1: at least 8 KiB a lane. */
const MIN_MEMORY_KIB_PER_LANE = 8;

const VERSION = 1;
const ALGORITHM = "argon2id";
const SALT_BYTES = 16;
const MAX_SEALED_BYTES = 256;
/** Longer than any sentence that a person types, short enough to normalise at once. */
const MAX_PASSPHRASE_BYTES = 1_024;

interface PassphraseRecord {
  readonly cost: Argon2Cost;
  readonly salt: Uint8Array;
  readonly sealed: Uint8Array;
}

/**
 * The bytes of a passphrase as people type it: Unicode NFKC, then UTF-8, so that composed and decomposed accents, and the wide
 * letters of some keyboards, are the same passphrase on every system. Nothing is trimmed and no case is folded.
 * Throws `LK-KEY-PASSPHRASE-WRONG` when it is empty or over 1024 bytes.
 */
export function encodePassphrase(text: string): Uint8Array {
  const bytes = encodeUtf8(text.normalize("NFKC"));
  if (bytes.length > 0 && bytes.length <= MAX_PASSPHRASE_BYTES) return bytes;
  throw new VaultError(
    "LK-KEY-PASSPHRASE-WRONG",
    `passphrase is ${bytes.length} bytes, 1 to ${MAX_PASSPHRASE_BYTES} expected`,
  );
}

/** A protector for one passphrase (`encodePassphrase`). The bytes stay the caller's, who wipes them when the protector is done with. */
export function createPassphraseProtector(deps: {
  readonly passphrase: Uint8Array;
  readonly random: Random;
  /** For new records; what is in a record decides about that record. */
  readonly cost?: Argon2Cost;
}): KeyProtector {
  const { passphrase, random, cost = SHIPPED_COST } = deps;
  return {
    async protect(tier, key) {
      const salt = random(SALT_BYTES);
      const wrapKey = await runArgon2id(passphrase, salt, cost);
      try {
        const sealed = sealBytes(wrapKey, LABELS.tierWrap, bindRecord(tier, cost, salt), key, random);
        return encodeRecord({ cost, salt, sealed: joinSealed(sealed) });
      } finally {
        wipe(wrapKey);
      }
    },
    async release(tier, protectedKey) {
      const { cost, salt, sealed } = decodeRecord(protectedKey);
      const wrapKey = await runArgon2id(passphrase, salt, cost);
      try {
        const parts = splitSealed(sealed, "LK-KEY-DAMAGED");
        return openBytes(
          wrapKey,
          LABELS.tierWrap,
          bindRecord(tier, cost, salt),
          parts,
          "LK-KEY-PASSPHRASE-WRONG",
        );
      } finally {
        wipe(wrapKey);
      }
    },
  };
}

function bindRecord(
  tier: Tier,
  cost: Argon2Cost,
  salt: Uint8Array,
): readonly (string | number | Uint8Array)[] {
  return [VERSION, tier, ALGORITHM, cost.memoryKiB, cost.passes, cost.parallelism, salt];
}

function encodeRecord({ cost, salt, sealed }: PassphraseRecord): Uint8Array {
  return encodeCbor([VERSION, ALGORITHM, cost.memoryKiB, cost.passes, cost.parallelism, salt, sealed]);
}

function decodeRecord(bytes: Uint8Array): PassphraseRecord {
  return readStructure("LK-KEY-DAMAGED", takeWay(bytes, ALGORITHM), (value) => {
    const fields = new Fields(value, "passphrase record", 7);
    const version = fields.uint("version");
    const algorithm = fields.text("algorithm", 32);
    if (version !== VERSION || algorithm !== ALGORITHM) {
      throw new VaultError("LK-KEY-DAMAGED", `passphrase record has version ${version} of ${algorithm}`);
    }
    const cost = {
      memoryKiB: fields.uint("memory", MAX_COST.memoryKiB),
      passes: fields.uint("passes", MAX_COST.passes),
      parallelism: fields.uint("parallelism", MAX_COST.parallelism),
    };
    const least = MIN_MEMORY_KIB_PER_LANE * cost.parallelism;
    if (cost.passes === 0 || cost.parallelism === 0 || cost.memoryKiB < least) {
      throw new VaultError("LK-KEY-DAMAGED", "passphrase record asks for less than Argon2id can do");
    }
    return {
      cost,
      salt: fields.bytes("salt", SALT_BYTES),
      sealed: fields.bytes("sealed key", { min: 1, max: MAX_SEALED_BYTES }),
    };
  });
}
