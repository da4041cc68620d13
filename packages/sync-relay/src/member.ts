/**
 * A joined socket as its room sees it: live push by credit (relay.md § 13). The relay sends `event`s only as far as the client allowed.
 * When credit, the socket's buffer or the group's egress runs out it says `lagging` once and stops; nothing is queued. Push goes on when
 * the client grants credit again, or has pulled to the head.
 */
import {
  CLOSE,
  INITIAL_CREDIT_BYTES,
  MAX_CREDIT_BYTES,
  type PlacedEntry,
} from "@latchkey/core/relay-protocol";
import type { Link } from "./connection.ts";
import type { RelayServices } from "./relay.ts";

export type Member = ReturnType<typeof createMember>;

export function createMember({ budgets, limits, metrics }: RelayServices, link: Link) {
  let credit = INITIAL_CREDIT_BYTES;
  let lagging = false;

  return {
    push({ cursor, entry }: PlacedEntry, frame: Uint8Array): void {
      if (lagging) return;
      const isFull = credit < entry.length || link.buffered() > limits.outboundHighBytes;
      if (isFull || budgets.spend("egress", link.group, frame.length) > 0) {
        lagging = true;
        metrics.add("lagging_total");
        return link.send({ op: "lagging", head: cursor });
      }
      credit -= entry.length;
      link.send(frame);
    },
    grant(bytes: number): void {
      credit = Math.min(MAX_CREDIT_BYTES, credit + bytes);
      lagging = false;
    },
    /** The client now has all up to the head. */
    caughtUp(): void {
      lagging = false;
    },
    /** The room was purged by another member, or dropped by the operator. */
    purged: (): void => link.end(CLOSE.gone, "LK-RELAY-GONE"),
  };
}
