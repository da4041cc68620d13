/**
 * The welcome: what the existing device hands to the new one at the end of a pairing, through the pairing's own sealed channel
 * (`pairing/`). It makes the new one a member; the vault itself comes from the relay and is verified there.
 *
 *   welcome = [1, epoch record entry, hash of the member record(32), metadata seal of M, signing seal of S or null, [[deviceTag, seq, hash], …]]
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { VaultError } from "../errors.ts";
import { type ChainTip, decodeTip, encodeTip } from "../log/entry.ts";
import { MAX_DEVICES } from "../log/verify.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";

const VERSION = 1;

export interface Welcome {
  /** The payload of the epoch-record entry. */
  readonly epochPayload: CborValue;
  readonly memberHash: Uint8Array;
  readonly metadataSeal: Uint8Array;
  /** `null` while the new device is on probation. */
  readonly signingSeal: Uint8Array | null;
  /** How far the inviter had seen every chain: less than that from a relay is a lie. */
  readonly seen: readonly ChainTip[];
}

export function encodeWelcome(welcome: Welcome): Uint8Array {
  return encodeCbor([
    VERSION,
    welcome.epochPayload,
    welcome.memberHash,
    welcome.metadataSeal,
    welcome.signingSeal,
    welcome.seen.map(encodeTip),
  ]);
}

/** Throws `LK-PAIR-MALFORMED`, or `LK-PAIR-VERSION` for one of another version. */
export function decodeWelcome(bytes: Uint8Array): Welcome {
  return readStructure("LK-PAIR-MALFORMED", bytes, (value) => {
    const fields = new Fields(value, "welcome", 6);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-PAIR-VERSION", `welcome version ${version}, known ${VERSION}`);
    return {
      epochPayload: fields.value(),
      memberHash: fields.bytes("member hash", HASH_BYTES),
      metadataSeal: fields.bytes("metadata seal", ROOT_SEAL_BYTES),
      signingSeal: fields.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
      seen: fields.list("seen", MAX_DEVICES, decodeTip),
    };
  });
}
