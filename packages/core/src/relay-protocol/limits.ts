/**
 * The bounds of the relay protocol that both sides must know: what a frame, an entry, a page may be. They belong to the protocol
 * version; what an operator may tune (quotas, rates) is in the relay's own `limits.ts` and published at `/v1/info`.
 * Sizes are bytes, times are seconds unless the name says otherwise.
 */

/** The versions of the protocol spoken here, best first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1];

/** A whole WebSocket message, 256 KiB: three entries of full size and some, and small enough to hold one for every socket. */
export const MAX_FRAME_BYTES = 262_144;
/** One bound for every blob: an entry, a snapshot chunk, a mailbox message, the forward slot. */
export const MAX_BLOB_BYTES = 65_536;
export const MAX_ENTRY_BYTES = MAX_BLOB_BYTES;
export const SNAPSHOT_CHUNK_BYTES = MAX_BLOB_BYTES;
export const MAX_FORWARD_BYTES = MAX_BLOB_BYTES;
export const MAX_MAILBOX_MESSAGE_BYTES = MAX_BLOB_BYTES;

/** Entries in one `put`, as far as the frame holds them. */
export const MAX_PUT_ENTRIES = 64;
/** One page of a `pull`. A page may come in several frames. */
export const MAX_PULL_ENTRIES = 500;
export const MAX_PULL_BYTES = 1_048_576;
/** Chunks in one answer to `snapshotGet`: 1 MiB, like a page. */
export const MAX_CHUNKS_PER_GET = 16;

/** What the relay may push unasked: the credit at the start, and the most that may stand open. */
export const INITIAL_CREDIT_BYTES = 1_048_576;
export const MAX_CREDIT_BYTES = 4_194_304;

/** Before `welcome` a socket may send one frame of this size: a stranger costs us next to nothing. */
export const MAX_PRE_AUTH_FRAME_BYTES = 1024;

/** A room creation token (admission): 128 random bits or more. */
export const MIN_CREATION_TOKEN_BYTES = 16;
export const MAX_CREATION_TOKEN_BYTES = 64;

/** Distinct device tags in a room, so that a `description` fits one frame. */
export const MAX_DEVICE_TAGS = 32;

/** Keep-alive: the client sends the text `ping` this often; two intervals of silence end the socket. */
export const PING_EVERY_SECONDS = 45;
export const PING = "ping";
export const PONG = "pong";

/** A mailbox lives this long at most and carries this many messages, both sides together. */
export const MAX_MAILBOX_TTL_SECONDS = 600;
export const MAX_MAILBOX_MESSAGES = 8;

/** A nameplate: a number of 3 to 6 digits, for at most five minutes. */
export const MIN_NAMEPLATE = 100;
export const MAX_NAMEPLATE = 999_999;
export const MAX_NAMEPLATE_SECONDS = 300;

/** All of them that a client can meet, under the names by which a relay publishes them. Bytes, unless the name says otherwise. */
export const PROTOCOL_LIMITS = {
  frameBytes: MAX_FRAME_BYTES,
  entryBytes: MAX_ENTRY_BYTES,
  snapshotChunkBytes: SNAPSHOT_CHUNK_BYTES,
  forwardBytes: MAX_FORWARD_BYTES,
  preAuthFrameBytes: MAX_PRE_AUTH_FRAME_BYTES,
  putEntries: MAX_PUT_ENTRIES,
  pullEntries: MAX_PULL_ENTRIES,
  pullBytes: MAX_PULL_BYTES,
  initialCredit: INITIAL_CREDIT_BYTES,
  maxCredit: MAX_CREDIT_BYTES,
  deviceTagsPerRoom: MAX_DEVICE_TAGS,
  mailboxMessageBytes: MAX_MAILBOX_MESSAGE_BYTES,
  mailboxMessages: MAX_MAILBOX_MESSAGES,
} as const;
