/**
 * Who did it: every operation has an id that outlives epochs (sync-protocol.md § 4), and every session of a device its own
 * Automerge actor. A fresh session at each start and unlock keeps a restored disk image from using an actor's numbers again.
 */
import { decodeBase64url, encodeBase64url, encodeHex } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isVaultError, VaultError } from "../errors.ts";

export const ENTRY_KEY_BYTES = 32;
export const SESSION_BYTES = 8;
/** Each half of an actor. */
const ACTOR_HALF_BYTES = 8;
/** Of an operation that is issued again: 32 bytes in hex. */
const REISSUE_ACTOR_LENGTH = 64;
/** A Lamport time has 32 bits. */
const MAX_TIME = 0xff_ff_ff_ff;

export interface OperationId {
  /** The device's public entry key, 32 bytes. */
  readonly device: Uint8Array;
  /** 8 random bytes, drawn at each start and unlock. */
  readonly session: Uint8Array;
  /** Counts the operations of a session. */
  readonly number: number;
}

/** An Automerge actor: 16 bytes in hex, the first half the device's, the second the session's; 32 bytes for an operation issued again. */
export type ActorId = string & { readonly brand: "ActorId" };

/** The actor under which a device writes during one session. */
export function deriveActor(device: Uint8Array, session: Uint8Array): ActorId {
  const half = hash(LABELS.actor, device, session).subarray(0, ACTOR_HALF_BYTES);
  return (deriveActorPrefix(device) + encodeHex(half)) as ActorId;
}

/** What all actors of a device begin with, in hex: so the document itself says which device wrote what. */
export function deriveActorPrefix(device: Uint8Array): string {
  return encodeHex(hash(LABELS.actorDevice, device).subarray(0, ACTOR_HALF_BYTES));
}

/** The actor of one write of an operation that is issued again (`reissue.ts`). `time` is its Lamport time. */
export function deriveReissueActor(
  id: OperationId,
  time: number,
  write: { readonly container: number | "settings"; readonly key: string; readonly onGenesis: boolean },
): ActorId {
  if (time > MAX_TIME) throw new VaultError("LK-VAULT-LIMIT", `Lamport time is ${time}, limit ${MAX_TIME}`);
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(4, time);
  const tail = hash(
    LABELS.reissue,
    operationIdFields(id),
    write.container,
    write.key,
    write.onGenesis,
  ).subarray(0, 16);
  return (encodeHex(head) + deriveActorPrefix(id.device) + encodeHex(tail)) as ActorId;
}

/** The device's half of an actor's name, as `deriveActorPrefix` gives it. */
export const devicePrefixOf = (actor: ActorId): string =>
  actor.length === REISSUE_ACTOR_LENGTH ? actor.slice(16, 32) : actor.slice(0, 16);

/** The Lamport time of an operation that was issued again under this actor; `null` for a session's actor. */
export const reissueTimeOf = (actor: ActorId): number | null =>
  actor.length === REISSUE_ACTOR_LENGTH ? Number.parseInt(actor.slice(8, 16), 16) : null;

/** As a field of a structure. */
export const operationIdFields = (id: OperationId): CborValue => [id.device, id.session, id.number];

/** Inverse of `operationIdFields`. Throws `LK-CBOR-INVALID`. */
export function readOperationId(value: CborValue): OperationId {
  const fields = new Fields(value, "operation id", 3);
  return {
    device: fields.bytes("device", ENTRY_KEY_BYTES),
    session: fields.bytes("session", SESSION_BYTES),
    number: fields.uint("number"),
  };
}

/** As text, for keys: base64url of the canonical bytes, so one id has one text. */
export const formatOperationId = (id: OperationId): string =>
  encodeBase64url(encodeCbor(operationIdFields(id)));

/** Inverse of `formatOperationId`, or `null` for text that is none. */
export function parseOperationId(text: string): OperationId | null {
  const bytes = decodeBase64url(text);
  if (bytes === null) return null;
  try {
    return readStructure("LK-CBOR-INVALID", bytes, readOperationId);
  } catch (error) {
    if (isVaultError(error, "LK-CBOR-INVALID")) return null;
    throw error;
  }
}
