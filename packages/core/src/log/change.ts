/**
 * The payload of a `change` entry: Automerge changes, each with the id of the operation it carries out.
 *
 *   payload   = [session(8), [[operation id, changeHash(32), change bytes], …]]
 *   operation = [device entry public key(32), session(8), number]
 *
 * `session` is the writer's: 8 random bytes drawn at each start and unlock. It fixes the Automerge actor (`deriveActor`), so that no
 * device can write under another's name. The operation id outlives epochs: a re-issued operation keeps the id of the first time, whose
 * device and session may be others. The change hash is signed with the entry: Automerge's own checksum is not relied on.
 *
 * The payload of a `reissue` entry: operations of an earlier epoch that this one's document lacks, each with its changes (`vault/reissue.ts`),
 * none when the vault is as it wants it already.
 *
 *   payload   = [[operation id, Lamport time, [[changeHash(32), change bytes], …]], …]
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readValue } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import {
  type OperationId,
  operationIdFields,
  readOperationId,
  SESSION_BYTES,
} from "../vault/operation-id.ts";
import { MAX_ENTRY_BYTES } from "./padding.ts";

/** Changes in one entry; an entry is at most 64 KiB and a change at least some hundred bytes. */
const MAX_CHANGES = 512;

export interface SignedChange {
  readonly operation: OperationId;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface ChangePayload {
  readonly session: Uint8Array;
  readonly changes: readonly SignedChange[];
}

export function encodeChangePayload(payload: ChangePayload): CborValue {
  return [
    payload.session,
    payload.changes.map((change) => [operationIdFields(change.operation), change.hash, change.bytes]),
  ];
}

/** Throws `LK-ENTRY-MALFORMED`. */
export function decodeChangePayload(payload: CborValue): ChangePayload {
  return readValue("LK-ENTRY-MALFORMED", () => {
    const fields = new Fields(payload, "change payload", 2);
    return {
      session: fields.bytes("session", SESSION_BYTES),
      changes: fields.list("changes", MAX_CHANGES, decodeSignedChange),
    };
  });
}

function decodeSignedChange(value: CborValue): SignedChange {
  const fields = new Fields(value, "signed change", 3);
  return {
    operation: readOperationId(fields.value()),
    hash: fields.bytes("change hash", HASH_BYTES),
    bytes: fields.bytes("change", { min: 1, max: MAX_ENTRY_BYTES }),
  };
}

/** An operation of an earlier epoch, as it is issued again. */
export interface ReissuedOperation {
  readonly operation: OperationId;
  /** The Automerge operation number at which it was made. */
  readonly time: number;
  readonly changes: readonly { readonly hash: Uint8Array; readonly bytes: Uint8Array }[];
}

export function encodeReissuePayload(operations: readonly ReissuedOperation[]): CborValue {
  return operations.map(({ operation, time, changes }) => [
    operationIdFields(operation),
    time,
    changes.map(({ hash, bytes }) => [hash, bytes]),
  ]);
}

/** Throws `LK-ENTRY-MALFORMED`. */
export function decodeReissuePayload(payload: CborValue): readonly ReissuedOperation[] {
  return readValue("LK-ENTRY-MALFORMED", () =>
    new Fields([payload], "reissue payload", 1).list("operations", MAX_CHANGES, (item) => {
      const fields = new Fields(item, "reissued operation", 3);
      return {
        operation: readOperationId(fields.value()),
        time: fields.uint("time"),
        changes: fields.list("changes", MAX_CHANGES, (change) => {
          const parts = new Fields(change, "reissued change", 2);
          return {
            hash: parts.bytes("change hash", HASH_BYTES),
            bytes: parts.bytes("change", { min: 1, max: MAX_ENTRY_BYTES }),
          };
        }),
      };
    }),
  );
}
