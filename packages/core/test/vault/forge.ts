/** Makes changes that no VaultDocument would make, as a member with a rewritten client could. */
import * as Automerge from "@automerge/automerge";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { decodeHex } from "../../src/bytes/text.ts";
import type { VaultDocument } from "../../src/vault/document.ts";
import { type Backend, createBackend, SHARD_OBJECTS } from "../../src/vault/genesis.ts";
import { Leb128Reader } from "../../src/vault/leb128.ts";
import { type ActorId, deriveActor } from "../../src/vault/operation-id.ts";
import { credentialIdOf, deriveShard, type PasskeyId } from "../../src/vault/schema.ts";
import { bytesOf } from "./samples.ts";

export type ForgedOperation = Record<string, unknown>;

export const forger: ActorId = deriveActor(bytesOf(99, 32), bytesOf(99, 8));

/** The object id of the shard that `id` belongs to. */
export const shardOf = (id: PasskeyId): string =>
  SHARD_OBJECTS[deriveShard(credentialIdOf(id) as Uint8Array)] as string;

/** The bare Automerge document behind `document`. */
export function bareBackend(document: VaultDocument, actor: string = forger): Backend {
  const loaded = createBackend();
  loaded.loadIncremental(document.save());
  return loaded.clone(actor);
}

export interface Forged {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/** What `edit` does to a bare document, committed; with what a commit of ours never has on wish. */
export function forgeCommit(
  document: VaultDocument,
  edit: (backend: Backend) => void,
  message: string | null = null,
  time = 0,
): Forged {
  const backend = bareBackend(document);
  edit(backend);
  backend.commit(message, time);
  return forged(backend.getLastLocalChange() as Uint8Array);
}

/** A change from its parts: operations with any `pred`, any numbers. Values that are bytes cannot be given. */
export function forgeChange(parts: object): Forged {
  return forged(
    Automerge.encodeChange({
      actor: forger,
      author: null,
      seq: 1,
      startOp: 1,
      time: 0,
      message: null,
      deps: [],
      ops: [],
      ...parts,
    }),
  );
}

/** Gives bytes that were changed by hand the checksum and the hash that they should have. */
export function forgeBytes(bytes: Uint8Array): Forged {
  const hash = new Uint8Array(createHash("sha256").update(bytes.subarray(8)).digest());
  const sealed = bytes.slice();
  sealed.set(hash.subarray(0, 4), 4);
  return { bytes: sealed, hash };
}

export interface Column {
  readonly number: number;
  readonly data: readonly number[];
}

/** The change with its columns rewritten, under the checksum and hash that follow from it. */
export function forgeColumns(
  { bytes }: Forged,
  rewrite: (columns: readonly Column[]) => readonly Column[],
): Forged {
  const { metadata, columns } = splitColumns(bytes);
  const rewritten = rewrite(columns);
  const content = [
    ...metadata,
    ...uleb(rewritten.length),
    ...rewritten.flatMap(({ number, data }) => [...uleb(number), ...uleb(data.length)]),
    ...rewritten.flatMap(({ data }) => data),
  ];
  return forgeBytes(Uint8Array.from([...bytes.subarray(0, 9), ...uleb(content.length), ...content]));
}

function splitColumns(bytes: Uint8Array): {
  readonly metadata: readonly number[];
  readonly columns: readonly Column[];
} {
  const reader = new Leb128Reader("forged change", "LK-ENTRY-CHANGE", bytes, 9);
  reader.uint();
  const start = bytes.length - reader.left;
  reader.skip(reader.uint() * 32);
  reader.skip(reader.uint());
  for (let number = 0; number < 3; number++) reader.uint();
  reader.skip(reader.uint());
  for (let actors = reader.uint(); actors > 0; actors--) reader.skip(reader.uint());
  const end = bytes.length - reader.left;
  const heads = Array.from({ length: reader.uint() }, () => ({
    number: reader.uint(),
    length: reader.uint(),
  }));
  const columns = heads.map(({ number, length }) => {
    const at = bytes.length - reader.left;
    reader.skip(length);
    return { number, data: [...bytes.subarray(at, at + length)] };
  });
  return { metadata: [...bytes.subarray(start, end)], columns };
}

/** The same change with more bytes inside the chunk, after its columns. */
export function forgeTail({ bytes }: Forged, tail: readonly number[]): Forged {
  const content = [...contentOf(bytes), ...tail];
  return forgeBytes(Uint8Array.from([...bytes.subarray(0, 9), ...uleb(content.length), ...content]));
}

/** The same change as a compressed chunk, type 2, which has the checksum of the plain one. */
export function forgeCompressed({ bytes, hash }: Forged): Forged {
  const content = deflateRawSync(Uint8Array.from(contentOf(bytes)));
  return { bytes: Uint8Array.from([...bytes.subarray(0, 8), 2, ...uleb(content.length), ...content]), hash };
}

function contentOf(bytes: Uint8Array): readonly number[] {
  const reader = new Leb128Reader("forged change", "LK-ENTRY-CHANGE", bytes, 9);
  reader.uint();
  return [...bytes.subarray(bytes.length - reader.left)];
}

/** A number in LEB128. */
export function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...uleb(Math.floor(value / 0x80))];
}

function forged(bytes: Uint8Array): Forged {
  return { bytes, hash: decodeHex(Automerge.decodeChange(bytes).hash) as Uint8Array };
}
