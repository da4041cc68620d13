/**
 * Sealing of what is too large for one message: libsodium's secretstream (XChaCha20-Poly1305) in chunks of 64 KiB. Chunks cannot be
 * cut off, reordered or repeated: the last one carries the final tag, and opening demands it.
 *
 *   stream = header (24) ‖ chunk…        chunk = 64 KiB of plaintext + 17 bytes, the last one shorter or equal
 */
import { concatBytes } from "../bytes/concat.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { type ErrorCode, VaultError } from "../errors.ts";
import type { Label } from "./labels.ts";
import { sodium } from "./sodium.ts";

export const STREAM_CHUNK_BYTES = 65_536;
const HEADER_BYTES = 24;
const OVERHEAD_BYTES = 17;

/** Seals `plaintext` under `key` (32 bytes), bound to [label, ...context]. Nonces come from libsodium's own header. */
export function sealStream(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[],
  plaintext: Uint8Array,
): Uint8Array {
  const data = encodeCbor([label, ...context]);
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
  const parts = [header];
  let offset = 0;
  do {
    const end = Math.min(offset + STREAM_CHUNK_BYTES, plaintext.length);
    const tag =
      end === plaintext.length
        ? sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
        : sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    parts.push(
      sodium.crypto_secretstream_xchacha20poly1305_push(state, plaintext.subarray(offset, end), data, tag),
    );
    offset = end;
  } while (offset < plaintext.length);
  return concatBytes(...parts);
}

/** Opens a whole stream. Throws `code`, without detail, unless every chunk opens and the last one is the final one. */
export function openStream(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[],
  stream: Uint8Array,
  code: ErrorCode,
): Uint8Array {
  const data = encodeCbor([label, ...context]);
  const refuse = (): never => {
    throw new VaultError(code, "sealed stream does not open");
  };
  if (stream.length < HEADER_BYTES + OVERHEAD_BYTES) refuse();
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(stream.subarray(0, HEADER_BYTES), key);
  const parts: Uint8Array[] = [];
  for (let offset = HEADER_BYTES; offset < stream.length;) {
    const end = Math.min(offset + STREAM_CHUNK_BYTES + OVERHEAD_BYTES, stream.length);
    const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(
      state,
      stream.subarray(offset, end),
      data,
    );
    if (pulled === false) return refuse();
    const isFinal = pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (isFinal !== (end === stream.length)) return refuse();
    parts.push(pulled.message);
    offset = end;
  }
  return concatBytes(...parts);
}
