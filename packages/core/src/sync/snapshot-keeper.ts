/**
 * Sees to it that a room has its epoch's snapshot, as a step function: given to a relay that has none, and read back, since a relay compares
 * no more than the hash that it was told. What does not come back as it was given is put in its place again, a few times.
 *
 *   begin → chunks → commit → get → the same bytes: done
 */
import { equalBytes } from "../bytes/equal.ts";
import { isVaultError, VaultError } from "../errors.ts";
import type { ClientFrame } from "../relay-protocol/frame-client.ts";
import type { RelayFrame } from "../relay-protocol/frame-relay.ts";
import {
  createSnapshotDownload,
  createSnapshotUpload,
  type SnapshotDownload,
  type SnapshotUpload,
} from "./snapshot-transfer.ts";

const MAX_UPLOADS = 3;

export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

export interface SnapshotKeeper {
  /** Frames are awaited. */
  readonly isBusy: boolean;
  /** The relay has none, or is to show that it still has the true one. */
  readonly isDue: boolean;
  /** The hash that the relay says its snapshot has. With `isToShow` it is read back also when that is the right one. */
  onWelcome(slot: Uint8Array | null, isToShow: boolean): void;
  /** Begins with the first of `requests`, which gives a new number each time. `null`: there is no snapshot here to give. */
  start(snapshot: Snapshot | null, nextRequest: () => number): ClientFrame[];
  /** What to send; `null` when nothing of the kind was awaited. Throws `LK-EPOCH-SNAPSHOT` when the relay spoils it each time. */
  onFrame(frame: Extract<RelayFrame, { op: "ok" | "conflict" | "chunk" }>): ClientFrame[] | null;
  /** The relay refused what was asked last. */
  giveUp(): void;
}

export function createSnapshotKeeper(): SnapshotKeeper {
  let slot: Uint8Array | null = null;
  let isDue = false;
  let uploads = 0;
  let own: { readonly snapshot: Snapshot; readonly nextRequest: () => number } | null = null;
  let upload: SnapshotUpload | null = null;
  let download: SnapshotDownload | null = null;

  function finish(): ClientFrame[] {
    [own, upload, download, isDue] = [null, null, null, false];
    return [];
  }

  /** Reads what the relay has when it says that it is the right one, else puts it there. */
  function proceed(isKnownBad = false): ClientFrame[] {
    if (own === null) return finish();
    const { snapshot, nextRequest } = own;
    [upload, download] = [null, null];
    if (!isKnownBad && slot !== null && equalBytes(slot, snapshot.hash)) {
      download = createSnapshotDownload(snapshot.hash);
      return [download.request(nextRequest())];
    }
    if (uploads++ === MAX_UPLOADS)
      throw new VaultError("LK-EPOCH-SNAPSHOT", "relay does not keep the snapshot as it was given");
    upload = createSnapshotUpload(nextRequest(), snapshot, slot);
    return [upload.begin()];
  }

  function take(frame: Extract<RelayFrame, { op: "chunk" }>): ClientFrame[] | null {
    if (own === null || download === null) return null;
    let taken: ReturnType<SnapshotDownload["take"]>;
    try {
      taken = download.take(frame);
    } catch (error) {
      if (isVaultError(error)) return proceed(true);
      throw error;
    }
    if (taken === null) return [];
    if (taken === "more") return [download.request(own.nextRequest())];
    return equalBytes(taken, own.snapshot.bytes) ? finish() : proceed(true);
  }

  return {
    get isBusy() {
      return own !== null;
    },
    get isDue() {
      return isDue;
    },
    onWelcome(hash, isToShow) {
      slot = hash;
      isDue = hash === null || isToShow;
    },
    start(snapshot, nextRequest) {
      if (snapshot === null) return finish();
      own = { snapshot, nextRequest };
      return proceed();
    },
    onFrame(frame) {
      if (frame.op === "chunk") return take(frame);
      if (own === null || upload === null) return null;
      if (frame.op === "conflict") {
        // Somebody was quicker.
        slot = frame.current;
        return proceed();
      }
      const next = upload.next();
      if (next !== null) return next;
      slot = own.snapshot.hash;
      return proceed();
    },
    giveUp: () => void finish(),
  };
}
