/**
 * A device's side of one room socket, as a step function: frames and facts go in, effects come out. It does no IO and holds no clock;
 * the host carries out the effects in order and reports back with the next call.
 *
 *   hello → join → welcome → pull until the head → put what the relay lacks → live: events in, new entries out
 *
 * Puts begin only after the pull has reached the head: a device pulls its own chain before it writes there, so a restored disk image
 * makes no fork. A relay that was wiped or restored shows in its instance id or its head; the marks are dropped and the same steps
 * fill it again (sync-protocol.md § 5). So they are when something is known to be missing here: what the relay left out lies below the
 * cursor, and only a pull from the beginning finds it.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import type { RowChange } from "../storage/device-store.ts";
import type { ErrorCode } from "../errors.ts";
import type { ChainTip } from "../log/entry.ts";
import type { Random } from "../ports.ts";
import type { ClientFrame } from "../relay-protocol/frame-client.ts";
import type { HelloFrame, PutOutcome, RelayFrame, WelcomeFrame } from "../relay-protocol/frame-relay.ts";
import {
  INITIAL_CREDIT_BYTES,
  MAX_PULL_BYTES,
  MAX_PULL_ENTRIES,
  MAX_PUT_ENTRIES,
} from "../relay-protocol/limits.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { createGapMemory } from "./gap-memory.ts";
import { answerHello, judgeWelcome, type RoomKeys } from "./join-room.ts";
import type { JudgedEntry, LinkEffect, LinkReport } from "./link-effect.ts";
import { fillPut } from "./put-batch.ts";
import type { RelayMarks } from "./relay-marks.ts";
import { createSnapshotKeeper, type Snapshot } from "./snapshot-keeper.ts";

export interface LinkDeps {
  readonly relay: RelayAddress;
  readonly room: RoomKeys;
  readonly marks: RelayMarks;
  readonly random: Random;
  /** Days since 1970. */
  readonly today: number;
  /** Hashes of every accepted entry of this log, oldest first. */
  readonly listAccepted: () => readonly Uint8Array[];
  /** What members have named and this device lacks. */
  readonly listGaps: () => readonly ChainTip[];
  /** The room authority's signature by which an entry outlives a purge, for those that have one. */
  readonly pinOf: (hash: Uint8Array) => Uint8Array | null;
}

export interface RelayLink {
  onFrame(frame: RelayFrame): LinkEffect[];
  onReceived(accepted: readonly JudgedEntry[], lastCursor: number, page: boolean): LinkEffect[];
  onLoaded(entries: readonly { readonly hash: Uint8Array; readonly bytes: Uint8Array }[]): LinkEffect[];
  /** `null`: there is none here. */
  onSnapshot(snapshot: Snapshot | null): LinkEffect[];
  /** New entries were accepted, by hand or from another relay. */
  onAccepted(): LinkEffect[];
  resume(): LinkEffect[];
}

type Phase = "hello" | "join" | "pull" | "live";

export function createRelayLink(deps: LinkDeps): RelayLink {
  const { marks, room } = deps;
  let phase: Phase = "hello";
  let hello: HelloFrame | null = null;
  let head = 0;
  let pageDone = false;
  let request = 0;
  let pushedBytes = 0;
  const keeper = createSnapshotKeeper();
  /** Hashes of the put that waits for its ack, in order. */
  let inFlight: readonly Uint8Array[] | null = null;
  let loading = false;
  let paused = false;
  let settled = false;
  let isFirstPull = true;
  /** The relay stopped pushing while a put was on its way. */
  let behind = false;
  /** The pull under way began at the beginning of the room. */
  let pullsAll = false;
  const gaps = createGapMemory(deps.listGaps);
  /** Entries this relay refused in this session: not offered again until the next. */
  const refused = new Set<string>();
  /** Whose pins it refused, which a former member may have used up: offered without. */
  const unpinned = new Set<string>();
  const pinFor = (hash: Uint8Array) => (unpinned.has(encodeHex(hash)) ? null : deps.pinOf(hash));
  const send = (frame: ClientFrame): LinkEffect => ({ do: "send", frame });
  const report = (what: LinkReport): LinkEffect => ({ do: "report", report: what });
  const close = (code: ErrorCode): LinkEffect[] => [{ do: "close", code }];

  function onHello(frame: HelloFrame): LinkEffect[] {
    if (phase !== "hello") return close("LK-RELAY-PROTOCOL");
    const known = marks.instanceId;
    const mayBeNew = known === null || !equalBytes(known, frame.instanceId);
    const join = answerHello(frame, deps.relay, room, deps.random, mayBeNew);
    if (typeof join === "string") return close(join);
    hello = frame;
    phase = "join";
    return [send(join)];
  }

  function onWelcome(frame: WelcomeFrame): LinkEffect[] {
    if (phase !== "join" || hello === null) return close("LK-RELAY-PROTOCOL");
    const effects: LinkEffect[] = [report({ is: "joined", expiresDay: frame.expiresDay })];
    const { sameData, loss } = judgeWelcome(marks, hello.instanceId, frame.head);
    if (loss !== null) effects.push(report(loss));
    const isOld = marks.instanceId !== null && marks.isOld(deps.today);
    keeper.onWelcome(frame.snapshot?.hash ?? null, isOld);
    head = frame.head;
    return [...effects, ...(sameData && !isOld ? pull() : startOver(hello.instanceId))];
  }

  function startOver(instanceId: Uint8Array): LinkEffect[] {
    pullsAll = true;
    return [{ do: "commit", changes: marks.reset(instanceId, deps.today) }, ...pull()];
  }

  /** What was pushed so far may be pushed again. */
  function grantCredit(): LinkEffect {
    const bytes = pushedBytes;
    pushedBytes = 0;
    return send({ op: "credit", bytes });
  }

  function pull(): LinkEffect[] {
    phase = "pull";
    pageDone = false;
    if (marks.cursor >= head) return catchUp();
    return [
      // Credit before the pull: what comes after the page is pushed, so nothing falls between the two.
      ...(behind ? [grantCredit()] : []),
      send({
        op: "pull",
        request: ++request,
        after: marks.cursor,
        maxEntries: MAX_PULL_ENTRIES,
        maxBytes: MAX_PULL_BYTES,
      }),
    ];
  }

  function catchUp(): LinkEffect[] {
    if (pullsAll) gaps.remember();
    pullsAll = false;
    if (gaps.hasNew() && marks.instanceId !== null) {
      head = Math.max(head, 1); // Asked at least once, whatever the relay said of its head.
      return startOver(marks.instanceId);
    }
    behind = false;
    settled = false;
    phase = "live";
    // What was acknowledged in an earlier session must have come by now, whatever place the relay said it had.
    const upTo = isFirstPull ? Number.MAX_SAFE_INTEGER : marks.cursor;
    const { loss, changes } = marks.dropUnconfirmed(upTo, head);
    isFirstPull = false;
    const effects: LinkEffect[] = loss === null ? [] : [report(loss), { do: "commit", changes }];
    effects.push(report({ is: "caught-up" }));
    return [...effects, ...(keeper.isDue ? [{ do: "loadSnapshot" } as const] : flush())];
  }

  /** Offers the next entries that the relay lacks, one put at a time. */
  function flush(): LinkEffect[] {
    if (phase !== "live" || keeper.isBusy || inFlight !== null || loading || paused) return [];
    if (behind || gaps.hasNew()) return pull();
    const hashes: Uint8Array[] = [];
    for (const hash of deps.listAccepted()) {
      if (hashes.length === MAX_PUT_ENTRIES) break;
      if (!marks.isHeld(hash) && !refused.has(encodeHex(hash))) hashes.push(hash);
    }
    if (hashes.length > 0) {
      loading = true;
      settled = false;
      return [{ do: "load", hashes }];
    }
    if (settled) return [];
    settled = true;
    return [report({ is: "settled" })];
  }

  function onAck(outcomes: readonly PutOutcome[]): LinkEffect[] {
    if (inFlight === null || outcomes.length !== inFlight.length) return close("LK-RELAY-PROTOCOL");
    const effects: LinkEffect[] = [];
    const changes: RowChange[] = [];
    for (const [i, outcome] of outcomes.entries()) {
      const hash = inFlight[i] as Uint8Array;
      if ("cursor" in outcome) changes.push(...marks.acknowledge(hash, outcome.cursor));
      else if (outcome.code === "LK-RELAY-QUOTA" && pinFor(hash) !== null) unpinned.add(encodeHex(hash));
      else {
        refused.add(encodeHex(hash));
        effects.push(report({ is: "refused", code: outcome.code }));
      }
    }
    inFlight = null;
    return [{ do: "commit", changes }, ...effects, ...flush()];
  }

  function onError(code: ErrorCode, forRequest: number | null, retryAfterMs: number | null): LinkEffect[] {
    if (forRequest === null) return close(code);
    if (retryAfterMs !== null && inFlight !== null) {
      inFlight = null;
      paused = true;
      return [{ do: "wait", ms: retryAfterMs }];
    }
    for (const hash of inFlight ?? []) refused.add(encodeHex(hash));
    inFlight = null;
    keeper.giveUp();
    return [report({ is: "refused", code }), ...(phase === "live" ? flush() : close(code))];
  }

  /** After what the keeper of the snapshot says: to be sent, or nothing more, or that it awaited no such frame. */
  const keep = (frames: readonly ClientFrame[] | null): LinkEffect[] =>
    frames === null ? close("LK-RELAY-PROTOCOL") : [...frames.map(send), ...flush()];

  return {
    onFrame(frame) {
      switch (frame.op) {
        case "hello":
          return onHello(frame);
        case "welcome":
          return onWelcome(frame);
        case "entries": {
          if (phase !== "pull" || frame.request !== request || !marks.isBefore(frame.entries))
            return close("LK-RELAY-PROTOCOL");
          head = Math.max(head, frame.head);
          pageDone = frame.done;
          // A page without entries below the head would have us ask for ever.
          if (frame.done && frame.entries.length === 0 && marks.cursor < head) head = marks.cursor;
          return [{ do: "receive", entries: frame.entries, page: true }];
        }
        case "event":
          if (phase !== "live" && phase !== "pull") return close("LK-RELAY-PROTOCOL");
          pushedBytes += frame.entry.length;
          return [{ do: "receive", entries: [frame], page: false }];
        case "lagging":
          head = Math.max(head, frame.head);
          behind = true;
          return flush();
        case "ack":
          return onAck(frame.outcomes);
        case "ok":
        case "conflict":
        case "chunk":
          return keep(keeper.onFrame(frame));
        case "goaway":
          return [report({ is: "going-away", retryAfterMs: frame.retryAfterMs, jitterMs: frame.jitterMs })];
        case "error":
          return onError(frame.code, frame.request, frame.retryAfterMs);
        case "forward":
        case "description":
          return close("LK-RELAY-PROTOCOL");
      }
    },

    onReceived(accepted, lastCursor, page) {
      const changes = accepted.flatMap(({ hash, cursor }) =>
        // What is only pushed need not be stored: a pull has to bring it.
        page ? marks.confirm(hash, cursor) : marks.acknowledge(hash, cursor),
      );
      if (page) changes.push(...marks.advance(lastCursor));
      const effects: LinkEffect[] = changes.length > 0 ? [{ do: "commit", changes }] : [];
      if (pushedBytes >= INITIAL_CREDIT_BYTES / 2) effects.push(grantCredit());
      return [...effects, ...(phase === "pull" && page && pageDone ? pull() : flush())];
    },

    onLoaded(entries) {
      loading = false;
      const batch = fillPut(entries);
      if (batch.length === 0) return [];
      inFlight = batch.map((entry) => entry.hash);
      return [
        send({
          op: "put",
          request: ++request,
          entries: batch.map(({ hash, bytes }) => ({ entry: bytes, pin: pinFor(hash) })),
        }),
      ];
    },

    onSnapshot(snapshot) {
      return keep(keeper.start(snapshot, () => ++request));
    },

    onAccepted() {
      settled = false;
      return flush();
    },

    resume() {
      paused = false;
      return flush();
    },
  };
}
