/**
 * The receive typestate's part for changes (sync-protocol.md § 4): bytes that a member signed become an `AdmittedChange`, which
 * cannot be made in any other way, and only that can be applied. Everything is judged from the change alone and so alike on every
 * device; whether it fits what is there is `history.ts`.
 */
import * as Automerge from "@automerge/automerge";
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { checkChangeChunk } from "./change-chunk.ts";
import { GENESIS_HASH } from "./genesis.ts";
import { findContainer } from "./history.ts";
import { type ActorId, deriveReissueActor, type OperationId } from "./operation-id.ts";
import {
  credentialIdOf,
  deriveShard,
  findRegisterProblem,
  findSettingProblem,
  isEditable,
  type RegisterValue,
  splitKey,
  TOMBSTONE_PREFIX,
} from "./schema.ts";

/** One allowed operation: a key of a container gets a value, or loses what it had (`null`). */
export interface AdmittedOperation {
  /** Index of the shard, or `settings`. */
  readonly container: number | "settings";
  readonly key: string;
  readonly value: RegisterValue | null;
  /** Ids of the Automerge operations that it replaces. */
  readonly replaces: readonly string[];
}

/** A change whose form, hash, author and operations are right. */
export class AdmittedChange {
  readonly bytes: Uint8Array;
  /** SHA-256 of the change, hex. */
  readonly hash: string;
  readonly actor: ActorId;
  /** Counts the changes of the actor from 1. */
  readonly seq: number;
  /** Number of its first Automerge operation. */
  readonly startOperation: number;
  /** Hashes of the changes it was made on, hex. */
  readonly dependencies: readonly string[];
  readonly operations: readonly AdmittedOperation[];
  /** Keeps an object literal from passing for one. */
  declare private readonly brand: "AdmittedChange";

  /** Only `admitChange` holds the token. */
  constructor(
    token: typeof TOKEN,
    bytes: Uint8Array,
    decoded: Automerge.DecodedChange,
    operations: readonly AdmittedOperation[],
  ) {
    if (token !== TOKEN) throw new TypeError("an admitted change comes from admitChange");
    this.bytes = bytes;
    this.hash = decoded.hash;
    this.actor = decoded.actor as ActorId;
    this.seq = decoded.seq;
    this.startOperation = decoded.startOp;
    this.dependencies = decoded.deps;
    this.operations = operations;
  }
}

const TOKEN = Symbol("admitted");

/**
 * Admits a change under the hash and the actor that its signed entry names. Throws `LK-ENTRY-CHANGE` when the bytes are not that
 * change and `LK-ENTRY-FORBIDDEN` when it does what no device may do.
 */
export function admitChange(bytes: Uint8Array, hash: Uint8Array, actor: ActorId): AdmittedChange {
  return admit(bytes, hash, () => actor);
}

/** Admits one write of an operation that is issued again: its actor follows from the operation and the key (`reissue.ts`). Throws the same. */
export function admitReissuedChange(
  bytes: Uint8Array,
  hash: Uint8Array,
  id: OperationId,
  time: number,
): AdmittedChange {
  return admit(bytes, hash, ([write, ...more], { deps }) => {
    if (write === undefined || more.length > 0) refuse("is issued again and is not one write");
    const onGenesis = deps.length === 1 && deps[0] === GENESIS_HASH;
    return deriveReissueActor(id, time, { container: write.container, key: write.key, onGenesis });
  });
}

function admit(
  bytes: Uint8Array,
  hash: Uint8Array,
  actorFor: (operations: readonly AdmittedOperation[], decoded: Automerge.DecodedChange) => ActorId,
): AdmittedChange {
  checkChangeChunk(bytes, hash);
  const decoded = decodeChange(bytes);
  if (decoded.hash !== encodeHex(hash)) refuse("has another hash than was signed");
  if (decoded.ops.length === 0) refuse("does nothing");
  const operations = decoded.ops.map(admitOperation);
  if (decoded.actor !== actorFor(operations, decoded)) refuse("has another actor than its author");
  if (new Set(operations.map(({ container, key }) => `${container} ${key}`)).size !== operations.length) {
    forbid("writes one key twice");
  }
  return new AdmittedChange(TOKEN, bytes, decoded, operations);
}

function decodeChange(bytes: Uint8Array): Automerge.DecodedChange {
  try {
    return Automerge.decodeChange(bytes);
  } catch (error) {
    throw new VaultError("LK-ENTRY-CHANGE", "change does not decode", { cause: error });
  }
}

type DecodedOperation = Automerge.DecodedChange["ops"][number];

/** What an operation of ours consists of. Others (insert, child, elemId…) belong to lists, marks and links. */
const OPERATION_FIELDS: ReadonlySet<string> = new Set(["action", "obj", "key", "value", "pred"]);

function admitOperation(operation: DecodedOperation): AdmittedOperation {
  const stray = Object.keys(operation).find((field) => !OPERATION_FIELDS.has(field));
  if (stray !== undefined) forbid(`uses ${stray}`);
  const { action, obj, key, pred } = operation;
  if (action !== "set" && action !== "del") forbid(`does ${action}`);
  if (typeof key !== "string") forbid("writes without a key");
  const value = action === "del" ? null : readValue(operation.value);
  const container = findContainer(obj) ?? forbid("writes outside the shards and settings");
  if (action === "del" && pred.length === 0) forbid("deletes nothing");
  if (container === "settings") {
    check(findSettingProblem(key, value ?? true));
  } else {
    checkRegister(container, key, value, pred.length > 0);
  }
  return { container, key, value, replaces: pred };
}

function checkRegister(shard: number, key: string, value: RegisterValue | null, replaces: boolean): void {
  const { id, register } = splitKey(key) ?? forbid("writes a key without a register");
  const credentialId = credentialIdOf(id) ?? forbid("writes a key that names no passkey");
  if (deriveShard(credentialId) !== shard) forbid("writes a passkey into another shard");
  // sync-protocol.md § 3: a core is never replaced nor deleted; a tombstone is never replaced, deleting it is a restore.
  const restores = value === null && register.startsWith(TOMBSTONE_PREFIX);
  if (replaces && !isEditable(register) && !restores) forbid(`replaces a ${register.split("/")[0]}`);
  if (value !== null) check(findRegisterProblem(credentialId, register, value));
}

function readValue(value: unknown): RegisterValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  // Bytes are decoded into a plain array of numbers.
  if (Array.isArray(value)) return Uint8Array.from(value as readonly number[]);
  return forbid("writes a value that is neither text, bytes nor true or false");
}

function check(problem: string | null): void {
  if (problem !== null) forbid(`is not allowed: ${problem}`);
}

function refuse(problem: string): never {
  throw new VaultError("LK-ENTRY-CHANGE", `change ${problem}`);
}

function forbid(problem: string): never {
  throw new VaultError("LK-ENTRY-FORBIDDEN", `change ${problem}`);
}
