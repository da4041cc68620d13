/**
 * CPace, a balanced password-authenticated key exchange, on ristretto255 with SHA-512 in its initiator/responder form
 * (draft-irtf-cfrg-cpace-21, § 7, § 8.1, § 8.3): two parties that know the same short secret get one key; whoever does not know it gets
 * one guess a run, and nothing to go on with afterwards. The group (RFC 9496) and the hash are @noble's.
 */
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "../bytes/concat.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import type { Random } from "../ports.ts";
import { wipe } from "./wipe.ts";

/** Y = y·g, as it is sent. */
export const CPACE_SHARE_BYTES = 32;

const { Point } = ristretto255;
/** RFC 9496 § 4.3.4: every hasher may have it, this one has. */
const hasher = ristretto255_hasher as Required<typeof ristretto255_hasher>;
type Point = InstanceType<typeof Point>;

const DSI = encodeUtf8("CPaceRistretto255");
const DSI_KEY = encodeUtf8("CPaceRistretto255_ISK");
/** SHA-512's input block. */
const BLOCK_BYTES = 128;
const SCALAR_BYTES = 32;
/** Of the last byte: what is left of 252 bits. */
const SCALAR_MASK = 0x0f;

/** What both parties must have alike. `sessionId` may be empty. */
export interface CpaceContext {
  readonly password: Uint8Array;
  readonly channel: Uint8Array;
  readonly sessionId: Uint8Array;
}

/** One party's public part, and what it says beside it. */
export interface CpaceShare {
  readonly share: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** One party's run, from its share to the key. */
export interface CpaceRun {
  /** 32 bytes. */
  readonly share: Uint8Array;
  /**
   * The intermediate session key, 64 bytes, to be hashed before it is used; `null` for a share that is no element of the group or the neutral one. `own` is what this party says beside
   * its share. The secret is wiped: a run gives one key.
   */
  finish(role: "initiator" | "responder", own: Uint8Array, other: CpaceShare): Uint8Array | null;
  wipe(): void;
}

export function beginCpace(context: CpaceContext, random: Random): CpaceRun {
  const secret = random(SCALAR_BYTES);
  secret[SCALAR_BYTES - 1] = (secret[SCALAR_BYTES - 1] as number) & SCALAR_MASK;
  const share = deriveGenerator(context).multiply(Point.Fn.fromBytes(secret)).toBytes();
  return {
    share,
    finish(role, own, other) {
      const point = multiplyShare(secret, other.share);
      wipe(secret);
      if (point === null) return null;
      const mine = joinLengthValue(share, own);
      const theirs = joinLengthValue(other.share, other.associatedData);
      return sha512(
        concatBytes(
          joinLengthValue(DSI_KEY, context.sessionId, point),
          ...(role === "initiator" ? [mine, theirs] : [theirs, mine]),
        ),
      );
    },
    wipe: () => wipe(secret),
  };
}

/** § 8.3 `calculate_generator`. */
function deriveGenerator({ password, channel, sessionId }: CpaceContext): Point {
  const filled = joinLengthValue(DSI).length + joinLengthValue(password).length + 1;
  const padding = new Uint8Array(Math.max(0, BLOCK_BYTES - filled));
  return hasher.deriveToCurve(sha512(joinLengthValue(DSI, password, padding, channel, sessionId)));
}

/** § 8.3 `scalar_mult_vfy`, encoded; `null` for the neutral element, which it gives for whatever does not decode, too. */
function multiplyShare(secret: Uint8Array, share: Uint8Array): Uint8Array | null {
  try {
    const point = Point.fromBytes(share).multiply(Point.Fn.fromBytes(secret));
    return point.equals(Point.ZERO) ? null : point.toBytes();
  } catch {
    return null;
  }
}

/** § A.1 `lv_cat`: each part with its length before it, as LEB128. */
function joinLengthValue(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [encodeLength(part.length), part]));
}

function encodeLength(length: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = length; ; left >>>= 7) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left & 0x7f) | 0x80);
  }
}
