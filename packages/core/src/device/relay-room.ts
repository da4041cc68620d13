/** A room at a relay as a session needs it: the log that the device is in, or one that it has left and still looks after. */
import type { RoomId } from "../relay-protocol/room-id.ts";
import type { ChainTip } from "../log/entry.ts";
import type { RowChange, Row } from "../storage/device-store.ts";
import type { RoomKeys } from "../sync/join-room.ts";
import { listGaps } from "../sync/replica-state.ts";
import type { Random } from "../ports.ts";
import type { Device } from "./device.ts";
import { listShareable, listSuccessors } from "./shareable.ts";

export interface RelayRoom {
  readonly keys: RoomKeys;
  readonly random: Random;
  /** Days since 1970. */
  today(): number;
  /** Hashes of every accepted entry, oldest first. */
  listAccepted(): readonly Uint8Array[];
  listGaps(): readonly ChainTip[];
  /** The room authority's signature over an entry that is to outlive a purge. */
  pinOf(hash: Uint8Array): Uint8Array | null;
  /** For each entry its hash when it is in the log now, else `null`. */
  receive(entries: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]>;
  readEntries(
    hashes: readonly Uint8Array[],
  ): Promise<readonly { readonly hash: Uint8Array; readonly bytes: Uint8Array }[]>;
  readSnapshot(): Promise<{ readonly bytes: Uint8Array; readonly hash: Uint8Array } | null>;
  readRelayRows(key: Uint8Array): Promise<readonly Row[]>;
  commit(changes: readonly RowChange[]): Promise<void>;
  /** `onAccepted` after entries came in, `onLeft` when the device has left the room. Returns the way to stop. */
  subscribe(onAccepted: () => void, onLeft: () => void): () => void;
}

/** The room of the epoch that the device is in now. */
export function presentRoom(device: Device): RelayRoom {
  const { context, epoch, deps } = device;
  return {
    keys: {
      id: context.epoch.logId as RoomId,
      auth: context.epoch.keys.roomAuth,
      authorityPublicKey: epoch.record.roomAuthorityPublicKey,
    },
    random: deps.random,
    today: () => device.today(),
    listAccepted: () => {
      const { state } = device;
      return listShareable(state.accepted.values(), listSuccessors(state, epoch.hash));
    },
    listGaps: () => listGaps(device.state),
    pinOf: () => null,
    receive: (entries) => device.receive(entries),
    readEntries: (hashes) => device.readEntries(hashes),
    async readSnapshot() {
      const bytes = await device.readSnapshot();
      return bytes === null ? null : { bytes, hash: epoch.record.snapshotHash };
    },
    readRelayRows: (key) => deps.store.scan("relay", key),
    commit: (changes) => device.commit(changes),
    subscribe: (onAccepted, onLeft) =>
      device.subscribe((notices) => {
        if (notices.some(({ is }) => is === "moved")) onLeft();
        else if (notices.some(({ is }) => is === "accepted")) onAccepted();
      }),
  };
}
