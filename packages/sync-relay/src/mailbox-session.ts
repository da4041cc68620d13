/** One socket of a pairing mailbox: open or claim, then messages (byte table: core's `frame-mailbox.ts`). */
import {
  CLOSE,
  decodeMailboxClientFrame,
  type MailboxClientFrame,
  type MailboxId,
  PROTOCOL_VERSIONS,
} from "@latchkey/core/relay-protocol";
import type { Link, Protocol } from "./connection.ts";
import type { IpGroup } from "./ip-group.ts";
import type { Attached, MailboxPeer, Mailboxes, MailboxSide } from "./mailbox.ts";

type OpenOrClaim = Extract<MailboxClientFrame, { readonly op: "open" | "claim" }>;

export function speakMailbox(mailboxes: Mailboxes, id: MailboxId, group: IpGroup, link: Link): Protocol {
  let side: MailboxSide | null = null;
  const peer: MailboxPeer = {
    arrived: () => link.send({ op: "peer" }),
    crowded: () => link.send({ op: "crowded" }),
    message: (number, body) => link.send({ op: "message", number, body }),
    gone: () => link.end(CLOSE.mailboxGone, "LK-RELAY-GONE"),
    replaced: () => link.end(CLOSE.normal, ""),
  };

  function attach(frame: OpenOrClaim): void {
    if (!PROTOCOL_VERSIONS.includes(frame.version)) return link.end(CLOSE.version, "LK-RELAY-VERSION");
    const attached: Attached =
      frame.op === "open"
        ? mailboxes.open(id, frame.sideToken, frame.ttlSeconds, group, peer)
        : mailboxes.claim(id, frame.sideToken, group, peer);
    if (attached === "gone") return link.end(CLOSE.mailboxGone, "LK-RELAY-GONE");
    if (attached === "crowded") {
      link.send({ op: "crowded" });
      return link.end(CLOSE.crowded, "LK-PAIR-CROWDED");
    }
    if ("waitMs" in attached) return link.end(CLOSE.rate, "LK-RELAY-RATE");
    side = attached;
    link.joined();
    link.send({
      op: "ready",
      secondsLeft: attached.secondsLeft,
      sides: attached.sides,
      received: attached.received,
    });
    attached.catchUp(frame.received);
  }

  function send(attached: MailboxSide, number: number, body: Uint8Array): void {
    const outcome = attached.send(number, body);
    if (outcome === "sent") link.send({ op: "sent", number });
    else if (outcome === "full") link.end(CLOSE.rate, "LK-RELAY-RATE");
    else link.end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
  }

  return {
    start() {},
    frame(bytes) {
      const frame = decodeMailboxClientFrame(bytes);
      if (side === null) {
        if (frame.op === "open" || frame.op === "claim") return attach(frame);
      } else if (frame.op === "send") return send(side, frame.number, frame.body);
      else if (frame.op === "close") return side.burn();
      return link.end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
    },
    tick() {},
    closed: () => side?.detach(),
  };
}
