/**
 * The snapshot: the state an epoch begins with. Exactly one an epoch, made with its epoch record and named there by hash.
 *
 *   snapshot = secretstream(K_snapshot, padmé([1, [member record, …], document, applied]))     bound to [snapshot-seal, logId]
 *   hash     = H(snapshot-hash, snapshot)
 *
 * `document` is Automerge's save(), `applied` the operations that it holds (`vault/operation-set.ts`). The member records stand here because the epoch record holds only their hashes.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { openStream, sealStream } from "../crypto/stream.ts";
import { VaultError } from "../errors.ts";
import { type OperationSet, readOperationSet } from "../vault/operation-set.ts";
import { padBytes, padmeLength, unpadBytes } from "./padding.ts";
import { MAX_DEVICES } from "./verify.ts";

/** 32 MiB: twice a vault of 50 000 passkeys, and the relay's limit. */
export const MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024;
const MAX_MEMBER_RECORD_BYTES = 8_192;
const VERSION = 1;

export interface SnapshotContent {
  /** Encoded member records (`membership/member-record.ts`). */
  readonly members: readonly Uint8Array[];
  /** The document as Automerge saves it. */
  readonly document: Uint8Array;
  readonly applied: OperationSet;
}

export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

export function hashSnapshot(bytes: Uint8Array): Uint8Array {
  return hash(LABELS.snapshotHash, bytes);
}

export function sealSnapshot(snapshotKey: Uint8Array, logId: Uint8Array, content: SnapshotContent): Snapshot {
  const plain = encodeCbor([VERSION, content.members, content.document, content.applied.encode()]);
  const padded = padBytes(plain, padmeLength(plain.length + 1));
  const bytes = sealStream(snapshotKey, LABELS.snapshotSeal, [logId], padded);
  if (bytes.length > MAX_SNAPSHOT_BYTES) {
    throw new VaultError("LK-VAULT-LIMIT", `snapshot is ${bytes.length} bytes, limit ${MAX_SNAPSHOT_BYTES}`);
  }
  return { bytes, hash: hashSnapshot(bytes) };
}

/** Throws `LK-EPOCH-SNAPSHOT` unless these are the bytes that the epoch record names, and they open. */
export function openSnapshot(
  snapshotKey: Uint8Array,
  logId: Uint8Array,
  bytes: Uint8Array,
  expectedHash: Uint8Array,
): SnapshotContent {
  if (bytes.length > MAX_SNAPSHOT_BYTES || !equalBytes(hashSnapshot(bytes), expectedHash)) {
    throw new VaultError(
      "LK-EPOCH-SNAPSHOT",
      `snapshot of ${bytes.length} bytes is not the one the epoch record names`,
    );
  }
  const padded = openStream(snapshotKey, LABELS.snapshotSeal, [logId], bytes, "LK-EPOCH-SNAPSHOT");
  return readStructure("LK-EPOCH-SNAPSHOT", unpadBytes(padded, "LK-EPOCH-SNAPSHOT"), (value) => {
    const fields = new Fields(value, "snapshot", 4);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `snapshot version ${version}, known up to ${VERSION}`);
    return {
      members: fields.list("members", MAX_DEVICES, (item) =>
        new Fields([item], "members", 1).bytes("member record", { min: 1, max: MAX_MEMBER_RECORD_BYTES }),
      ),
      document: fields.bytes("document", { min: 1, max: MAX_SNAPSHOT_BYTES }),
      applied: readOperationSet(fields),
    };
  });
}
