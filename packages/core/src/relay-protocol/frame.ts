/**
 * A frame: one binary WebSocket message of at most 256 KiB, the canonical CBOR array [op, ...fields]. Which fields an op has stands in
 * the byte tables of `frame-client.ts`, `frame-relay.ts` and `frame-mailbox.ts`; op numbers are unique over all of them. Besides frames
 * a socket carries the text `ping`, answered by the text `pong`.
 *
 *   relay: hello ─▶ client: join ─▶ relay: welcome ─▶ both: operations until one closes
 *
 * A request carries a number that its answers repeat. Decoding gives a frame or throws `LK-RELAY-FRAME`, nothing else; what an op may do
 * in which phase is the session's business.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { CLIENT_CODECS, type ClientFrame } from "./frame-client.ts";
import type { Codec, Codecs } from "./frame-codec.ts";
import {
  MAILBOX_CLIENT_CODECS,
  MAILBOX_RELAY_CODECS,
  type MailboxClientFrame,
  type MailboxRelayFrame,
} from "./frame-mailbox.ts";
import { type PlacedEntry, RELAY_CODECS, type RelayFrame } from "./frame-relay.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";

export type AnyFrame = ClientFrame | RelayFrame | MailboxClientFrame | MailboxRelayFrame;

// Looked up by a string or number of our own or the peer's: the link between `op` and codec is kept by each table's own type.
type AnyCodec = Codec<{ readonly op: string }>;
const ALL_CODECS = {
  ...CLIENT_CODECS,
  ...RELAY_CODECS,
  ...MAILBOX_CLIENT_CODECS,
  ...MAILBOX_RELAY_CODECS,
} as unknown as Readonly<Record<string, AnyCodec>>;

/** The bytes of a frame. The caller keeps it within the limits; a frame over 256 KiB throws `LK-RELAY-FRAME`. */
export function encodeFrame(frame: AnyFrame): Uint8Array {
  const codec = ALL_CODECS[frame.op] as AnyCodec;
  const bytes = encodeCbor([codec.code, ...codec.write(frame)]);
  checkSize(bytes);
  return bytes;
}

/** What a client sent on a room's socket. Throws `LK-RELAY-FRAME`. */
export const decodeClientFrame: (bytes: Uint8Array) => ClientFrame = makeDecoder(CLIENT_CODECS);
/** What a relay sent on a room's socket. Throws `LK-RELAY-FRAME`. */
export const decodeRelayFrame: (bytes: Uint8Array) => RelayFrame = makeDecoder(RELAY_CODECS);
/** What a client sent on a mailbox's socket. Throws `LK-RELAY-FRAME`. */
export const decodeMailboxClientFrame: (bytes: Uint8Array) => MailboxClientFrame =
  makeDecoder(MAILBOX_CLIENT_CODECS);
/** What a relay sent on a mailbox's socket. Throws `LK-RELAY-FRAME`. */
export const decodeMailboxRelayFrame: (bytes: Uint8Array) => MailboxRelayFrame =
  makeDecoder(MAILBOX_RELAY_CODECS);

/** What an entry costs in an `entries` frame beyond its bytes, and the frame's own fields. */
const ENTRY_OVERHEAD_BYTES = 16;
const ENTRIES_FRAME_BYTES = MAX_FRAME_BYTES - 64;

/** The entries of a page in lists that each fit one `entries` frame; one empty list when there are none. */
export function splitPage(entries: readonly PlacedEntry[]): readonly (readonly PlacedEntry[])[] {
  const frames: PlacedEntry[][] = [[]];
  let bytes = 0;
  for (const placed of entries) {
    const size = placed.entry.length + ENTRY_OVERHEAD_BYTES;
    if (bytes + size > ENTRIES_FRAME_BYTES) {
      frames.push([]);
      bytes = 0;
    }
    frames.at(-1)?.push(placed);
    bytes += size;
  }
  return frames;
}

function makeDecoder<F extends { readonly op: string }>(table: Codecs<F>): (bytes: Uint8Array) => F {
  const codecs = Object.entries(table as unknown as Readonly<Record<string, AnyCodec>>);
  const byCode = new Map(codecs.map(([op, codec]) => [codec.code, { op, codec }]));
  return (bytes) => {
    checkSize(bytes);
    return readStructure("LK-RELAY-FRAME", bytes, (value) => {
      const known = byCode.get(readCode(value));
      if (known === undefined) throw new VaultError("LK-RELAY-FRAME", "frame has an unknown op");
      const { op, codec } = known;
      const fields = new Fields(value, `${op} frame`, codec.length + 1);
      fields.uint("op");
      return codec.read(fields) as F;
    });
  };
}

function readCode(value: CborValue): number {
  const code = Array.isArray(value) ? (value as readonly CborValue[])[0] : undefined;
  if (typeof code !== "number") throw new VaultError("LK-RELAY-FRAME", "frame is not an array with an op");
  return code;
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new VaultError("LK-RELAY-FRAME", "frame is empty");
  if (bytes.length > MAX_FRAME_BYTES)
    throw new VaultError("LK-RELAY-FRAME", `frame is ${bytes.length} bytes, limit ${MAX_FRAME_BYTES}`);
}
