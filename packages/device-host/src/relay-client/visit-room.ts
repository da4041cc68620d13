/**
 * One visit to a room: dials, brings both sides to the same, leaves. For rooms in which the device does not live: one that it is about to
 * open, and those that it has left.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { openRoomSession, type RelaySession } from "@latchkey/core/device/relay-session";
import type { RelayRoom } from "@latchkey/core/device/relay-room";
import { type RelayAddress, roomSocketUrl } from "@latchkey/core/relay-protocol";
import { startTimer } from "../timers.ts";
import { openSocket } from "#web-socket";

/** For a relay that greets and then says nothing, or never comes to an end. */
const VISIT_MS = 60_000;

/** Resolves `null` when the relay holds all of it, else why not. */
export function visitRoom(
  room: RelayRoom,
  relay: RelayAddress,
  signal: AbortSignal,
): Promise<ErrorCode | null> {
  return new Promise((resolve) => {
    const early: Uint8Array[] = [];
    let session: RelaySession | null = null;
    let outcome: ErrorCode | null = "LK-RELAY-UNREACHABLE";
    const socket = openSocket(roomSocketUrl(relay.origin, room.keys.id), {
      frame: (bytes) => (session === null ? early.push(bytes) : session.receive(bytes)),
      end(code) {
        clearTimeout(deadline);
        signal.removeEventListener("abort", leave);
        session?.end();
        resolve(outcome === "LK-RELAY-UNREACHABLE" ? code : outcome);
      },
    });
    const leave = (): void => socket.close();
    const deadline = setTimeout(leave, VISIT_MS);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    const host = {
      socket,
      report({ is }: { readonly is: string }) {
        if (is !== "settled") return;
        outcome = null;
        leave();
      },
      closed(code: ErrorCode) {
        outcome = code;
      },
      wait: (ms: number, resume: () => void) => void startTimer(resume, Math.min(ms, VISIT_MS)),
    };
    void openRoomSession(room, relay, host).then((opened) => {
      session = opened;
      for (const bytes of early) opened.receive(bytes);
      return undefined;
    });
  });
}
