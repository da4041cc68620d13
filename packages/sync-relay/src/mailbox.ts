/**
 * The sockets of pairing mailboxes (relay.md § 3; byte table: core's `frame-mailbox.ts`): open or claim, then messages. What a mailbox is
 * and holds is the store's; here a socket is told what it does not know yet, whenever its mailbox may have changed.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import {
  CLOSE,
  type CloseCode,
  decodeMailboxClientFrame,
  type MailboxClientFrame,
  PROTOCOL_VERSIONS,
} from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { Link, Protocol } from "./connection.ts";
import type { RelayServices } from "./relay.ts";
import type { MailboxKey, MailboxNews, MailboxRef, MailboxSide } from "./store/mailbox-store.ts";

type FrameOf<Op extends MailboxClientFrame["op"]> = Extract<MailboxClientFrame, { readonly op: Op }>;

/** A side with a socket here, and what it has been told. */
interface Peer extends MailboxSide {
  readonly link: Link;
  readonly endsAt: number;
  told: number;
  sides: number;
  crowded: number;
}

/** Why a socket ends. */
type End = "gone" | "crowded" | "rate" | "full" | "wrong";
const ENDS: Readonly<Record<End, readonly [CloseCode, ErrorCode]>> = {
  gone: [CLOSE.mailboxGone, "LK-RELAY-GONE"],
  crowded: [CLOSE.crowded, "LK-PAIR-CROWDED"],
  rate: [CLOSE.rate, "LK-RELAY-RATE"],
  full: [CLOSE.rate, "LK-RELAY-RATE"],
  wrong: [CLOSE.protocol, "LK-RELAY-PROTOCOL"],
};

/** How often every open mailbox is looked at: what another relay said of it may be lost. */
const LOOK_EVERY_MS = 5000;
/** Of one socket, repeats included: a pairing needs a dozen, and each may cost the store a transaction. */
const MAX_FRAMES = 64;

export function createMailboxes({ budgets, clock, log, mailboxes: store }: RelayServices) {
  const peers = new Map<MailboxRef, Set<Peer>>();
  let lookedAt = clock.now();

  function tell(peer: Peer, after: number, news: MailboxNews | null): void {
    const { link } = peer;
    if (news === null) return link.end(...ENDS.gone);
    if (news.sides > peer.sides) link.send({ op: "peer" });
    if (news.crowded > peer.crowded) link.send({ op: "crowded" });
    peer.sides = Math.max(peer.sides, news.sides);
    peer.crowded = Math.max(peer.crowded, news.crowded);
    for (const [i, body] of news.messages.entries()) {
      // Looks may overtake each other.
      if (after + i === peer.told) link.send({ op: "message", number: ++peer.told, body });
    }
  }

  async function look(ref: MailboxRef | null): Promise<void> {
    const looked = ref === null ? [...peers.values()] : [peers.get(ref) ?? []];
    try {
      for (const peer of looked.flatMap((some) => [...some])) {
        const after = peer.told;
        tell(peer, after, await store.news(peer, after));
      }
    } catch {
      // The next look finds it.
      log("error", "store-failed");
    }
  }

  /** A side, or why there is none: `rate` for who has to wait. */
  async function enter(key: MailboxKey, group: IpGroup, frame: FrameOf<"open" | "claim">) {
    const back = await store.resume(key, frame.sideToken);
    if (back !== null) return back;
    if (frame.op === "open" && typeof key !== "number") {
      if (budgets.spend("mailboxes", group) > 0) return "rate";
      return store.open(key, frame.sideToken, frame.ttlSeconds);
    }
    if (typeof key === "number" && budgets.spend("nameplates", group) > 0) return "rate";
    const claimed = await store.claim(key, frame.sideToken);
    return claimed === "gone" && typeof key !== "number" && budgets.spend("mailboxes", group) > 0
      ? "rate"
      : claimed;
  }

  function speak(key: MailboxKey, link: Link): Protocol {
    let peer: Peer | null = null;
    let isClosed = false;
    let frames = 0;

    async function begin(frame: FrameOf<"open" | "claim">): Promise<void> {
      if (!PROTOCOL_VERSIONS.includes(frame.version)) return link.end(CLOSE.version, "LK-RELAY-VERSION");
      const side = await enter(key, link.group, frame);
      if (side === "crowded") link.send({ op: "crowded" });
      if (typeof side === "string") return link.end(...ENDS[side]);
      const news = await store.news(side, frame.received);
      if (news === null) return link.end(...ENDS.gone);
      if (isClosed) return;
      const { crowded, sides } = news;
      const endsAt = clock.now() + side.secondsLeft * 1000;
      peer = { ...side, link, endsAt, told: frame.received, sides, crowded };
      const there = peers.get(side.ref) ?? new Set();
      for (const old of there) if (old.side === side.side) old.link.end(CLOSE.normal, "");
      peers.set(side.ref, there.add(peer));
      link.joined();
      link.send({ op: "ready", secondsLeft: side.secondsLeft, sides, received: side.received });
      tell(peer, frame.received, news);
      // What changed since was told to nobody.
      await look(side.ref);
    }

    async function send(from: Peer, { number, body }: FrameOf<"send">): Promise<void> {
      const outcome = await store.send(from, number, body);
      if (outcome === "sent") link.send({ op: "sent", number });
      else link.end(...ENDS[outcome]);
    }

    async function name({ ref, side }: Peer): Promise<void> {
      const named = side === 0 ? await store.name(ref) : null;
      link.send({ op: "nameplate", number: named?.number ?? null, secondsLeft: named?.secondsLeft ?? 0 });
    }

    return {
      frame(bytes) {
        const frame = decodeMailboxClientFrame(bytes);
        if (++frames > MAX_FRAMES) return link.end(...ENDS.rate);
        if (peer === null) {
          if (frame.op === "claim" || (frame.op === "open" && typeof key !== "number")) return begin(frame);
        } else if (frame.op === "send") return send(peer, frame);
        else if (frame.op === "close") return store.burn(peer.ref);
        else if (frame.op === "nameplateGet") return name(peer);
        link.end(...ENDS.wrong);
      },
      closed() {
        isClosed = true;
        if (peer === null) return;
        const there = peers.get(peer.ref);
        there?.delete(peer);
        if (there?.size === 0) peers.delete(peer.ref);
      },
    };
  }

  store.watch((ref) => void look(ref));
  return {
    speak,
    /** Mailboxes with a socket here. */
    count: () => peers.size,
    tick(): void {
      const now = clock.now();
      for (const peer of [...peers.values()].flatMap((some) => [...some])) {
        if (now >= peer.endsAt) tell(peer, 0, null);
      }
      if (now - lookedAt < LOOK_EVERY_MS) return;
      lookedAt = now;
      void look(null);
    },
  };
}
