/** Fetches an epoch's snapshot from the relays in turn, as the desktop does, in virtual time. What has another hash is passed over. */
import { equalBytes } from "@latchkey/core/bytes/equal";
import type { OpenedEpoch } from "@latchkey/core/device/move-epoch";
import { isVaultError } from "@latchkey/core/errors";
import { hashSnapshot } from "@latchkey/core/log/snapshot";
import type { Random } from "@latchkey/core/ports";
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeFrame,
  type RelayFrame,
} from "@latchkey/core/relay-protocol";
import { answerHello } from "@latchkey/core/sync/join-room";
import { createSnapshotDownload } from "@latchkey/core/sync/snapshot-transfer";
import type { Wire } from "./network.ts";
import type { Replica } from "./replica.ts";
import type { SimRelay } from "./sim-relay.ts";
import type { World } from "./world.ts";

const SILENCE_MS = 5_000;

/** `null` when no relay gives it. */
export async function fetchSnapshot(
  world: World,
  replica: Replica,
  opened: OpenedEpoch,
  random: Random,
): Promise<Uint8Array | null> {
  for (const relay of world.relays) {
    const snapshot = await fetchFrom(world, replica, relay, opened, random);
    if (snapshot !== null) return snapshot;
  }
  return null;
}

function fetchFrom(
  world: World,
  replica: Replica,
  relay: SimRelay,
  { room, epoch }: OpenedEpoch,
  random: Random,
): Promise<Uint8Array | null> {
  const wanted = epoch.record.snapshotHash;
  const download = createSnapshotDownload(wanted);
  let request = 0;

  /** What to say to a frame, the whole snapshot, or `null` when nothing is to be had. */
  function answer(frame: RelayFrame): ClientFrame | Uint8Array | "wait" | null {
    if (frame.op === "hello") {
      const join = answerHello(frame, { origin: relay.origin, token: null }, room, random);
      return typeof join === "string" ? null : join;
    }
    if (frame.op === "welcome") {
      const has = frame.snapshot !== null && equalBytes(frame.snapshot.hash, wanted);
      return has ? download.request(++request) : null;
    }
    if (frame.op !== "chunk") return frame.op === "error" ? null : "wait";
    const taken = download.take(frame);
    if (taken === "more") return download.request(++request);
    if (taken === null) return "wait";
    return equalBytes(hashSnapshot(taken), wanted) ? taken : null;
  }

  return new Promise((resolve) => {
    let wire: Wire | null = null;
    const finish = (snapshot: Uint8Array | null): void => {
      wire?.cut(0);
      resolve(snapshot);
    };
    wire = world.network.open(replica, relay, room.id, {
      frame(bytes) {
        try {
          const said = answer(decodeRelayFrame(bytes));
          if (said === null || said instanceof Uint8Array) finish(said);
          else if (said !== "wait") wire?.send(encodeFrame(said));
        } catch (error) {
          if (!isVaultError(error)) throw error;
          finish(null);
        }
      },
      ended: () => finish(null),
    });
    if (wire === null) resolve(null);
    else world.timeline.after(SILENCE_MS, () => finish(null));
  });
}
