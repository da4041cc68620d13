/**
 * What a client sends on a room's socket (relay.md § 5). `request` is a u32 that the answers repeat; `hash` is 32 bytes.
 *
 * | op             |    | fields                                                                      | answer                    |
 * | -------------- | -- | --------------------------------------------------------------------------- | ------------------------- |
 * | join           |  1 | version, auth key (32), authority key (32), client nonce (32), signature (64), creation token (16–64) or null | welcome |
 * | put            |  2 | request, [[entry ≤ 64 KiB, pin signature (64) or null], … 1–64]             | ack, after durable commit |
 * | pull           |  3 | request, after, entries ≤ 500, bytes ≤ 1 MiB                                | entries, in some frames   |
 * | credit         |  4 | bytes                                                                       | –                         |
 * | snapshotBegin  |  5 | request, expected hash or null, hash, size                                  | ok or conflict            |
 * | snapshotChunk  |  6 | request, index, body ≤ 64 KiB                                               | – (error at most)         |
 * | snapshotCommit |  7 | request                                                                     | ok or conflict            |
 * | snapshotGet    |  8 | request, hash, from index, chunks ≤ 16                                      | chunk, up to that many    |
 * | forwardPut     |  9 | request, expected hash or null, hash, body ≤ 64 KiB, signature (64)         | ok or conflict            |
 * | forwardGet     | 10 | request                                                                     | forward                   |
 * | describe       | 11 | request                                                                     | description               |
 * | purge          | 12 | request, signature (64)                                                     | ok                        |
 *
 * Every answer may be `error` instead. A snapshot is sent as begin, all chunks in order (each 64 KiB but the last), commit; one upload
 * at a time on a socket, dropped with it. Granting `credit` first and pulling after it leaves no gap between page and live push.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { type Codecs, readBlob, readHash, readOptionalHash, readRequest } from "./frame-codec.ts";
import { NONCE_BYTES, ROOM_KEY_BYTES, ROOM_SIGNATURE_BYTES } from "./handshake.ts";
import {
  MAX_CHUNKS_PER_GET,
  MAX_CREATION_TOKEN_BYTES,
  MAX_CREDIT_BYTES,
  MAX_ENTRY_BYTES,
  MAX_PULL_BYTES,
  MAX_PULL_ENTRIES,
  MAX_PUT_ENTRIES,
  MIN_CREATION_TOKEN_BYTES,
} from "./limits.ts";

export interface JoinFrame {
  readonly op: "join";
  readonly version: number;
  readonly authPublicKey: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
  readonly clientNonce: Uint8Array;
  /** By the auth key over `joinOperands`. */
  readonly signature: Uint8Array;
  /** Presented for every room, used when the room is new. */
  readonly creationToken: Uint8Array | null;
}

/** An entry to keep. With `pin`, the authority's signature over `pinOperands`, it outlives a purge. */
export interface PutEntry {
  readonly entry: Uint8Array;
  readonly pin: Uint8Array | null;
}

export type ClientFrame =
  | JoinFrame
  | { readonly op: "put"; readonly request: number; readonly entries: readonly PutEntry[] }
  | {
      readonly op: "pull";
      readonly request: number;
      /** The last cursor held; 0 for all. */
      readonly after: number;
      readonly maxEntries: number;
      readonly maxBytes: number;
    }
  | { readonly op: "credit"; readonly bytes: number }
  | {
      readonly op: "snapshotBegin";
      readonly request: number;
      readonly expected: Uint8Array | null;
      readonly hash: Uint8Array;
      readonly size: number;
    }
  | {
      readonly op: "snapshotChunk";
      readonly request: number;
      readonly index: number;
      readonly body: Uint8Array;
    }
  | { readonly op: "snapshotCommit"; readonly request: number }
  | {
      readonly op: "snapshotGet";
      readonly request: number;
      readonly hash: Uint8Array;
      readonly from: number;
      readonly count: number;
    }
  | {
      readonly op: "forwardPut";
      readonly request: number;
      readonly expected: Uint8Array | null;
      readonly hash: Uint8Array;
      readonly body: Uint8Array;
      /** By the authority key over `forwardOperands`. */
      readonly signature: Uint8Array;
    }
  | { readonly op: "forwardGet"; readonly request: number }
  | { readonly op: "describe"; readonly request: number }
  | {
      readonly op: "purge";
      readonly request: number;
      /** By the authority key over `purgeOperands`. */
      readonly signature: Uint8Array;
    };

const readSignature = (fields: Fields): Uint8Array => fields.bytes("signature", ROOM_SIGNATURE_BYTES);

function readPutEntry(item: CborValue): PutEntry {
  const put = new Fields(item, "put entry", 2);
  return { entry: put.bytes("entry", { min: 1, max: MAX_ENTRY_BYTES }), pin: put.optional(readSignature) };
}

export const CLIENT_CODECS: Codecs<ClientFrame> = {
  join: {
    code: 1,
    length: 6,
    write: (f) => [
      f.version,
      f.authPublicKey,
      f.authorityPublicKey,
      f.clientNonce,
      f.signature,
      f.creationToken,
    ],
    read: (f) => ({
      op: "join",
      version: f.uint("version"),
      authPublicKey: f.bytes("auth key", ROOM_KEY_BYTES),
      authorityPublicKey: f.bytes("authority key", ROOM_KEY_BYTES),
      clientNonce: f.bytes("client nonce", NONCE_BYTES),
      signature: readSignature(f),
      creationToken: f.optional((token) =>
        token.bytes("creation token", { min: MIN_CREATION_TOKEN_BYTES, max: MAX_CREATION_TOKEN_BYTES }),
      ),
    }),
  },
  put: {
    code: 2,
    length: 2,
    write: (f) => [f.request, f.entries.map(({ entry, pin }) => [entry, pin])],
    read: (f) => {
      const request = readRequest(f);
      const entries = f.list("entries", MAX_PUT_ENTRIES, readPutEntry);
      if (entries.length === 0) throw new VaultError("LK-RELAY-FRAME", "put frame: no entry");
      return { op: "put", request, entries };
    },
  },
  pull: {
    code: 3,
    length: 4,
    write: (f) => [f.request, f.after, f.maxEntries, f.maxBytes],
    read: (f) => ({
      op: "pull",
      request: readRequest(f),
      after: f.uint("after"),
      maxEntries: f.uint("entries", MAX_PULL_ENTRIES),
      maxBytes: f.uint("bytes", MAX_PULL_BYTES),
    }),
  },
  credit: {
    code: 4,
    length: 1,
    write: (f) => [f.bytes],
    read: (f) => ({ op: "credit", bytes: f.uint("bytes", MAX_CREDIT_BYTES) }),
  },
  snapshotBegin: {
    code: 5,
    length: 4,
    write: (f) => [f.request, f.expected, f.hash, f.size],
    read: (f) => ({
      op: "snapshotBegin",
      request: readRequest(f),
      expected: readOptionalHash(f),
      hash: readHash(f),
      size: f.uint("size"),
    }),
  },
  snapshotChunk: {
    code: 6,
    length: 3,
    write: (f) => [f.request, f.index, f.body],
    read: (f) => ({
      op: "snapshotChunk",
      request: readRequest(f),
      index: f.uint("index"),
      body: readBlob(f),
    }),
  },
  snapshotCommit: {
    code: 7,
    length: 1,
    write: (f) => [f.request],
    read: (f) => ({ op: "snapshotCommit", request: readRequest(f) }),
  },
  snapshotGet: {
    code: 8,
    length: 4,
    write: (f) => [f.request, f.hash, f.from, f.count],
    read: (f) => ({
      op: "snapshotGet",
      request: readRequest(f),
      hash: readHash(f),
      from: f.uint("from"),
      count: f.uint("chunks", MAX_CHUNKS_PER_GET),
    }),
  },
  forwardPut: {
    code: 9,
    length: 5,
    write: (f) => [f.request, f.expected, f.hash, f.body, f.signature],
    read: (f) => ({
      op: "forwardPut",
      request: readRequest(f),
      expected: readOptionalHash(f),
      hash: readHash(f),
      body: readBlob(f),
      signature: readSignature(f),
    }),
  },
  forwardGet: {
    code: 10,
    length: 1,
    write: (f) => [f.request],
    read: (f) => ({ op: "forwardGet", request: readRequest(f) }),
  },
  describe: {
    code: 11,
    length: 1,
    write: (f) => [f.request],
    read: (f) => ({ op: "describe", request: readRequest(f) }),
  },
  purge: {
    code: 12,
    length: 2,
    write: (f) => [f.request, f.signature],
    read: (f) => ({ op: "purge", request: readRequest(f), signature: readSignature(f) }),
  },
};
