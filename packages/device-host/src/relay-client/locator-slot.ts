/**
 * One visit to a recovery page's locator at a relay (`core/recovery/locator.ts`): reads the slot, and puts something else in its place if `decide` wants it.
 * The relay compares hashes, so that of two writers the later one looks again.
 */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import { hashSnapshot } from "@latchkey/core/log/snapshot";
import type { Random } from "@latchkey/core/ports";
import { type LocatorRoom, MAX_LOCATOR_BYTES } from "@latchkey/core/recovery/locator";
import {
  decodeRelayFrame,
  encodeFrame,
  type RelayAddress,
  type RelayFrame,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { answerHello } from "@latchkey/core/sync/join-room";
import {
  createSnapshotDownload,
  createSnapshotUpload,
  type SnapshotDownload,
  type SnapshotUpload,
} from "@latchkey/core/sync/snapshot-transfer";
import { openSocket } from "#web-socket";

/** For the whole visit. */
const VISIT_MS = 15_000;
const MAX_ROUNDS = 4;

export interface SlotVisit {
  readonly room: LocatorRoom;
  readonly relay: RelayAddress;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** What is to stand in the slot, from what stands there; `null` leaves it. */
  readonly decide: (slot: Uint8Array | null) => Uint8Array | null;
}

/** Resolves `null` when the slot is as `decide` wants it, else why not. */
export function visitLocator({ room, relay, random, signal, decide }: SlotVisit): Promise<ErrorCode | null> {
  return new Promise((resolve) => {
    let outcome: ErrorCode | null = "LK-RELAY-UNREACHABLE";
    let request = 0;
    let rounds = 0;
    let current: Uint8Array | null = null;
    let download: SnapshotDownload | null = null;
    let upload: SnapshotUpload | null = null;
    let uploaded: Uint8Array | null = null;
    const leave = (code: ErrorCode | null): void => {
      outcome = code;
      socket.close();
    };
    const giveUp = (): void => leave("LK-RELAY-UNREACHABLE");
    const deadline = setTimeout(giveUp, VISIT_MS);
    signal.addEventListener("abort", giveUp, { once: true });
    const socket = openSocket(roomSocketUrl(relay.origin, room.id), {
      frame(bytes) {
        try {
          onFrame(decodeRelayFrame(bytes));
        } catch (error) {
          if (!isVaultError(error)) throw error;
          leave(error.code);
        }
      },
      end(code) {
        clearTimeout(deadline);
        signal.removeEventListener("abort", giveUp);
        resolve(outcome === "LK-RELAY-UNREACHABLE" ? code : outcome);
      },
    });
    if (signal.aborted) giveUp();
    const send = (frame: Parameters<typeof encodeFrame>[0]): void => socket.send(encodeFrame(frame));

    /** Reads what has this hash, or judges that there is nothing. */
    function look(hash: Uint8Array | null): void {
      if (++rounds > MAX_ROUNDS) return leave("LK-RELAY-REFUSED");
      [current, upload, download] = [hash, null, null];
      if (hash === null) return judge(null);
      download = createSnapshotDownload(hash);
      return send(download.request(++request));
    }

    function judge(slot: Uint8Array | null): void {
      const wanted = decide(slot);
      if (wanted === null) return leave(null);
      uploaded = hashSnapshot(wanted);
      upload = createSnapshotUpload(++request, { bytes: wanted, hash: uploaded }, current);
      return send(upload.begin());
    }

    function onFrame(frame: RelayFrame): void {
      switch (frame.op) {
        case "hello": {
          const join = answerHello(frame, relay, room, random, true);
          return typeof join === "string" ? leave(join) : send(join);
        }
        case "welcome":
          return look(frame.snapshot?.hash ?? null);
        case "chunk": {
          if (download === null) return leave("LK-RELAY-PROTOCOL");
          const taken = download.take(frame);
          if (taken === "more") return send(download.request(++request));
          if (taken === null) return undefined;
          download = null;
          return judge(taken.length > MAX_LOCATOR_BYTES ? null : taken);
        }
        case "ok": {
          if (upload === null) return leave("LK-RELAY-PROTOCOL");
          const next = upload.next();
          // Read back: a relay compares no more than the hash that it was told.
          if (next === null) return look(uploaded);
          for (const each of next) send(each);
          return undefined;
        }
        case "conflict":
          return look(frame.current);
        case "error":
          return leave(frame.code);
        default:
          return undefined;
      }
    }
  });
}

/** What each relay has in the slot, those that could not be reached or have nothing left out. */
export async function readLocatorSlots(
  relays: readonly RelayAddress[],
  visit: Omit<SlotVisit, "relay" | "decide">,
): Promise<{ readonly slots: readonly Uint8Array[]; readonly reached: number }> {
  const slots: Uint8Array[] = [];
  const outcomes = await Promise.all(
    relays.map((relay) =>
      visitLocator({
        ...visit,
        relay,
        decide(slot) {
          if (slot !== null) slots.push(slot);
          return null;
        },
      }),
    ),
  );
  return { slots, reached: outcomes.filter((code) => code === null).length };
}
