/**
 * Live push to one socket, by credit (relay.md § 13): the relay sends `event`s only as far as the client allowed. When credit or the
 * socket's buffer runs out it says `lagging` once and stops; nothing is queued. Push goes on when the client grants credit again, or has
 * pulled to the head.
 */
import { INITIAL_CREDIT_BYTES, MAX_CREDIT_BYTES, type PlacedEntry } from "@latchkey/core/relay-protocol";
import type { Link } from "./connection.ts";

export interface LivePush {
  push(entry: PlacedEntry, frame: Uint8Array): void;
  grant(bytes: number): void;
  /** The client now has all up to the head. */
  caughtUp(): void;
  isLagging(): boolean;
}

/** `spend` takes bytes of the IP group's egress and says whether they were there; `onLagging` is told when push stops. */
export function createLivePush(
  link: Link,
  outboundHighBytes: number,
  spend: (bytes: number) => boolean,
  onLagging: () => void,
): LivePush {
  let credit = INITIAL_CREDIT_BYTES;
  let lagging = false;

  return {
    push({ cursor, entry }, frame) {
      if (lagging) return;
      if (credit < entry.length || link.buffered() > outboundHighBytes || !spend(frame.length)) {
        lagging = true;
        onLagging();
        return link.send({ op: "lagging", head: cursor });
      }
      credit -= entry.length;
      link.sendEncoded(frame);
    },
    grant(bytes) {
      credit = Math.min(MAX_CREDIT_BYTES, credit + bytes);
      lagging = false;
    },
    caughtUp() {
      lagging = false;
    },
    isLagging: () => lagging,
  };
}
