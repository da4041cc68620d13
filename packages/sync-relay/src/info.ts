/** What a relay publishes about itself at `/v1/info`: versions, audiences, and every bound a client can meet. */
import {
  encodeBase64url,
  INITIAL_CREDIT_BYTES,
  MAX_CREDIT_BYTES,
  MAX_DEVICE_TAGS,
  MAX_ENTRY_BYTES,
  MAX_FORWARD_BYTES,
  MAX_FRAME_BYTES,
  MAX_MAILBOX_MESSAGE_BYTES,
  MAX_MAILBOX_MESSAGES,
  MAX_PRE_AUTH_FRAME_BYTES,
  MAX_PULL_BYTES,
  MAX_PULL_ENTRIES,
  MAX_PUT_ENTRIES,
  PROTOCOL_VERSIONS,
  SNAPSHOT_CHUNK_BYTES,
} from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "./limits.ts";

export const SOFTWARE = "latchkey-sync-relay 0.1.0";

/** Fixed by the protocol version. Bytes, unless the name says otherwise. */
const PROTOCOL_LIMITS = {
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

export interface RelayInfo {
  readonly software: string;
  readonly protocolVersions: readonly number[];
  readonly origins: readonly string[];
  /** Base64url. */
  readonly instanceId: string;
  /** Who may create rooms. */
  readonly admission: string;
  readonly limits: RelayLimits & typeof PROTOCOL_LIMITS;
  readonly contact: string | null;
}

export function describeRelay(
  relay: Pick<RelayInfo, "origins" | "admission" | "contact"> & {
    readonly instanceId: Uint8Array;
    readonly limits: RelayLimits;
  },
): RelayInfo {
  const { admission, contact, instanceId, limits, origins } = relay;
  return {
    software: SOFTWARE,
    protocolVersions: PROTOCOL_VERSIONS,
    origins,
    instanceId: encodeBase64url(instanceId),
    admission,
    limits: { ...limits, ...PROTOCOL_LIMITS },
    contact,
  };
}
