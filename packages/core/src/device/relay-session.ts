/**
 * One connection to a room of one relay: carries out what the relay link (`sync/relay-link.ts`) wants, in order, and tells it what came
 * of it. Connecting, timers and trying again are the host's; this ends when the socket does.
 */
import type { ErrorCode } from "../errors.ts";
import { isVaultError } from "../errors.ts";
import { decodeRelayFrame, encodeFrame } from "../relay-protocol/frame.ts";
import type { PlacedEntry } from "../relay-protocol/frame-relay.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import type { JudgedEntry, LinkEffect, LinkReport } from "../sync/link-effect.ts";
import { createRelayLink } from "../sync/relay-link.ts";
import { deriveRoomRowKey, RelayMarks } from "../sync/relay-marks.ts";
import type { Device } from "./device.ts";
import { presentRoom, type RelayRoom } from "./relay-room.ts";

/** What the host lends: a way to send and to close, and a clock for pauses that the relay asks for. */
export interface RelaySocket {
  send(frame: Uint8Array): void;
  close(): void;
}

export interface RelaySessionHost {
  readonly socket: RelaySocket;
  report(report: LinkReport): void;
  /** Why this side closed the socket. */
  closed(code: ErrorCode): void;
  /** Calls `resume` once, after so many milliseconds, unless the session has ended. */
  wait(ms: number, resume: () => void): void;
}

export interface RelaySession {
  /** A binary message from the relay. */
  receive(frame: Uint8Array): void;
  /** The socket is gone. */
  end(): void;
  /** Resolves when everything begun is done. */
  idle(): Promise<void>;
}

/** Begins a session in the room of the device's epoch. It ends itself when the device moves to another. */
export const openRelaySession = (
  device: Device,
  relay: RelayAddress,
  host: RelaySessionHost,
): Promise<RelaySession> => openRoomSession(presentRoom(device), relay, host);

/** Begins a session on an open socket; the relay speaks first. Reads what is known of the relay from the store. */
export async function openRoomSession(
  room: RelayRoom,
  relay: RelayAddress,
  host: RelaySessionHost,
): Promise<RelaySession> {
  const key = deriveRoomRowKey(relay.origin, room.keys.id);
  const link = createRelayLink({
    relay,
    room: room.keys,
    marks: new RelayMarks(key, await room.readRelayRows(key)),
    random: room.random,
    today: room.today(),
    listAccepted: () => room.listAccepted(),
    listGaps: () => room.listGaps(),
    pinOf: (hash) => room.pinOf(hash),
  });
  let ended = false;
  let queue: Promise<void> = Promise.resolve();

  /** One input at a time, its effects carried out before the next: the link never sees the world change under it. */
  function enqueue(step: () => LinkEffect[]): void {
    queue = queue.then(async () => {
      if (ended) return;
      try {
        await carryOut(step());
      } catch (error) {
        close(isVaultError(error) ? error.code : "LK-UI-BUG");
        if (!isVaultError(error)) throw error;
      }
    });
    queue.catch(() => {});
  }

  async function carryOut(effects: readonly LinkEffect[]): Promise<void> {
    for (const effect of effects) {
      if (ended) return;
      switch (effect.do) {
        case "send":
          host.socket.send(encodeFrame(effect.frame));
          break;
        case "receive":
          await receiveEntries(effect.entries, effect.page);
          break;
        case "load":
          await carryOut(link.onLoaded(await room.readEntries(effect.hashes)));
          break;
        case "loadSnapshot":
          await carryOut(link.onSnapshot(await room.readSnapshot()));
          break;
        case "commit":
          await room.commit(effect.changes);
          break;
        case "report":
          host.report(effect.report);
          break;
        case "wait":
          host.wait(effect.ms, () => enqueue(() => link.resume()));
          break;
        case "close":
          close(effect.code);
          break;
      }
    }
  }

  async function receiveEntries(entries: readonly PlacedEntry[], page: boolean): Promise<void> {
    const outcomes = await room.receive(entries.map(({ entry }) => entry));
    const accepted: JudgedEntry[] = [];
    for (const [i, hash] of outcomes.entries()) {
      if (hash !== null) accepted.push({ hash, cursor: (entries[i] as PlacedEntry).cursor });
    }
    await carryOut(link.onReceived(accepted, entries.at(-1)?.cursor ?? 0, page));
  }

  function close(code: ErrorCode): void {
    if (ended) return;
    end();
    host.closed(code);
    host.socket.close();
  }

  const unsubscribe = room.subscribe(
    () => enqueue(() => link.onAccepted()),
    () => {
      end();
      host.socket.close();
    },
  );

  function end(): void {
    ended = true;
    unsubscribe();
  }

  return {
    receive: (bytes) => enqueue(() => link.onFrame(decodeRelayFrame(bytes))),
    end,
    idle: () => queue,
  };
}
