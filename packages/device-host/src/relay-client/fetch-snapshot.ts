/**
 * Fetches the epoch's snapshot for a device that joins: dials the relays in turn until one gives the bytes of this hash. A relay that is
 * silent is passed over; one that gives something else, or has nothing yet, is asked again in the next round, until the time is up.
 */
import { equalBytes } from "@latchkey/core/bytes/equal";
import { type ErrorCode, isVaultError, VaultError } from "@latchkey/core/errors";
import { hashSnapshot } from "@latchkey/core/log/snapshot";
import type { Random } from "@latchkey/core/ports";
import {
  decodeRelayFrame,
  encodeFrame,
  type RelayAddress,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { answerHello, type RoomKeys } from "@latchkey/core/sync/join-room";
import { createSnapshotDownload } from "@latchkey/core/sync/snapshot-transfer";
import { pause } from "../timers.ts";
import { openSocket } from "#web-socket";

const RETRY_MS = 500;
/** A relay that says nothing for so long does not keep the others waiting. */
const SILENCE_MS = 5_000;

/** Throws the last relay's `LK-RELAY-…` when `signal` ends it. */
export async function fetchSnapshot(
  relays: readonly RelayAddress[],
  room: RoomKeys,
  snapshotHash: Uint8Array,
  deps: { readonly random: Random; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  let problem: ErrorCode = "LK-RELAY-UNREACHABLE";
  while (!deps.signal.aborted) {
    for (const relay of relays) {
      try {
        return await fetchFrom(relay, room, snapshotHash, deps);
      } catch (error) {
        if (!isVaultError(error)) throw error;
        problem = error.code;
      }
    }
    await pause(RETRY_MS, deps.signal);
  }
  throw new VaultError(problem, "no relay gave the snapshot in time");
}

function fetchFrom(
  relay: RelayAddress,
  room: RoomKeys,
  hash: Uint8Array,
  deps: { readonly random: Random; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const download = createSnapshotDownload(hash);
    let request = 0;
    const fail = (code: ErrorCode, message: string): void => {
      clearTimeout(silence);
      deps.signal.removeEventListener("abort", giveUp);
      reject(new VaultError(code, message));
      socket.close();
    };
    const giveUp = (): void => fail("LK-RELAY-UNREACHABLE", "relay did not answer in time");
    let silence = setTimeout(giveUp, SILENCE_MS);
    deps.signal.addEventListener("abort", giveUp, { once: true });
    const socket = openSocket(roomSocketUrl(relay.origin, room.id), {
      frame(bytes) {
        clearTimeout(silence);
        silence = setTimeout(giveUp, SILENCE_MS);
        try {
          onFrame(bytes);
        } catch (error) {
          if (isVaultError(error)) fail(error.code, error.message);
          else throw error;
        }
      },
      end: (code) => fail(code, "relay ended the connection"),
    });

    function onFrame(bytes: Uint8Array): void {
      const frame = decodeRelayFrame(bytes);
      switch (frame.op) {
        case "hello": {
          const join = answerHello(frame, relay, room, deps.random);
          if (typeof join === "string") return fail(join, "relay's greeting does not fit");
          return socket.send(encodeFrame(join));
        }
        case "welcome":
          if (frame.snapshot === null || !equalBytes(frame.snapshot.hash, hash)) {
            return fail("LK-EPOCH-SNAPSHOT", "relay does not have the snapshot of this epoch");
          }
          return socket.send(encodeFrame(download.request(++request)));
        case "chunk": {
          const taken = download.take(frame);
          if (taken === "more") return socket.send(encodeFrame(download.request(++request)));
          if (taken === null) return undefined;
          if (!equalBytes(hashSnapshot(taken), hash)) {
            return fail("LK-EPOCH-SNAPSHOT", "relay gave something else than the snapshot");
          }
          resolve(taken);
          return socket.close();
        }
        case "error":
          return fail(frame.code, "relay refused");
        default:
          return undefined;
      }
    }
  });
}
