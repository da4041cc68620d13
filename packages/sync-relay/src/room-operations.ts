/**
 * What a member of a room may do (relay.md § 5, the table after `welcome`). Each operation answers with its own frame or with `error`
 * and never ends the socket, except for what is no frame at all.
 */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import {
  type Challenge,
  type ClientFrame,
  encodeOperands,
  forwardOperands,
  MAX_FRAME_BYTES,
  type Operands,
  pinOperands,
  type PlacedEntry,
  type PutEntry,
  purgeOperands,
  readEntryHeader,
} from "@latchkey/core/relay-protocol";
import type { Link } from "./connection.ts";
import type { IpGroup } from "./ip-group.ts";
import type { LivePush } from "./live-push.ts";
import type { QueuedEntry } from "./put-queue.ts";
import type { RelayServices } from "./relay.ts";
import type { Member, Room } from "./room.ts";
import { createSnapshotDesk } from "./snapshot-desk.ts";
import type { SwapResult } from "./store/store.ts";

export interface RoomContext {
  readonly link: Link;
  readonly room: Room;
  readonly member: Member;
  readonly push: LivePush;
  readonly challenge: Challenge;
  readonly group: IpGroup;
  readonly authorityPublicKey: Uint8Array;
}

export type MemberFrame = Exclude<ClientFrame, { readonly op: "join" }>;
type FrameOf<Op extends MemberFrame["op"]> = Extract<MemberFrame, { readonly op: Op }>;

export interface RoomOperations {
  handle(frame: MemberFrame): Promise<void> | void;
  tick(): void;
  closed(): void;
}

/** What an entry costs in an `entries` frame beyond its bytes, and the frame's own fields. */
const ENTRY_OVERHEAD_BYTES = 16;
const ENTRIES_FRAME_BYTES = MAX_FRAME_BYTES - 64;
/** After a failed commit: the disk may have space again. */
const STORE_RETRY_MS = 5000;
/** While the relay catches its breath, or goes away. */
const BUSY_RETRY_MS = 1000;

export function createRoomOperations(services: RelayServices, context: RoomContext): RoomOperations {
  const { puts, store, verifyEd25519 } = services;
  const { authorityPublicKey, challenge, group, link, member, push, room } = context;
  const desk = createSnapshotDesk(services, { link, room, group });

  function refuse(request: number, code: ErrorCode, retryAfterMs: number | null = null): void {
    link.send({ op: "error", request, code, retryAfterMs });
  }

  const isByAuthority = (signature: Uint8Array, operands: Operands): Promise<boolean> =>
    verifyEd25519(authorityPublicKey, signature, encodeOperands(operands));

  function answerSwap(request: number, result: SwapResult): void {
    link.send(result.swapped ? { op: "ok", request } : { op: "conflict", request, current: result.current });
  }

  function checkEntry({ entry, pin }: PutEntry): QueuedEntry | { readonly code: ErrorCode } {
    try {
      const { deviceTag, seq } = readEntryHeader(entry, room.id);
      return { deviceTag, seq, bytes: entry, pin: pin && isByAuthority(pin, pinOperands(room.id, entry)) };
    } catch (error) {
      if (isVaultError(error)) return { code: error.code };
      throw error;
    }
  }

  function put({ request, entries }: FrameOf<"put">): void {
    const bytes = entries.reduce((sum, { entry }) => sum + entry.length, 0);
    if (services.isDraining()) return refuse(request, "LK-RELAY-RESTART", BUSY_RETRY_MS);
    if (services.isDiskLow("puts")) return refuse(request, "LK-RELAY-STORE", STORE_RETRY_MS);
    if (puts.pendingBytes() + bytes > services.limits.pendingPutBytes) {
      return refuse(request, "LK-RELAY-RATE", BUSY_RETRY_MS);
    }
    const wait = services.spendPut(room.key, bytes);
    if (wait > 0) return refuse(request, "LK-RELAY-RATE", wait);
    puts.add({
      room,
      sender: member,
      entries: entries.map(checkEntry),
      bytes,
      settle(outcomes) {
        if (outcomes === null) return refuse(request, "LK-RELAY-STORE", STORE_RETRY_MS);
        // The operator dropped the room under its sockets.
        if (outcomes.some((outcome) => "code" in outcome && outcome.code === "LK-RELAY-GONE"))
          return member.purged();
        link.send({ op: "ack", request, outcomes });
      },
    });
  }

  async function pull({ request, after, maxEntries, maxBytes }: FrameOf<"pull">): Promise<void> {
    const page = await store.read(room.ref, after, maxEntries, maxBytes);
    const bytes = page.entries.reduce((sum, { entry }) => sum + entry.length, 0);
    const wait = services.spendEgress(group, bytes);
    if (wait > 0) return refuse(request, "LK-RELAY-RATE", wait);
    const frames = splitPage(page.entries);
    for (const [i, entries] of frames.entries()) {
      link.send({ op: "entries", request, entries, head: page.head, done: i === frames.length - 1 });
    }
    // Only against the room's head of this moment: what was committed meanwhile was not pushed to a lagging socket.
    const last = page.entries.at(-1)?.cursor ?? after;
    if (last >= room.head) push.caughtUp();
  }

  async function replaceForward(frame: FrameOf<"forwardPut">): Promise<void> {
    const { request, expected, hash, body, signature } = frame;
    if (services.isDiskLow("puts")) return refuse(request, "LK-RELAY-STORE", STORE_RETRY_MS);
    const wait = services.spendPut(room.key, body.length);
    if (wait > 0) return refuse(request, "LK-RELAY-RATE", wait);
    if (!(await isByAuthority(signature, forwardOperands(challenge, expected, hash, body)))) {
      return refuse(request, "LK-RELAY-AUTH");
    }
    answerSwap(request, await store.replaceForward(room.ref, expected, { hash, body }));
  }

  async function purge({ request, signature }: FrameOf<"purge">): Promise<void> {
    if (!(await isByAuthority(signature, purgeOperands(challenge)))) return refuse(request, "LK-RELAY-AUTH");
    await store.purge(room.ref);
    link.send({ op: "ok", request });
    for (const other of room.members) if (other !== member) other.purged();
  }

  async function attempt(request: number, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch {
      services.log("error", "store-failed");
      refuse(request, "LK-RELAY-STORE", STORE_RETRY_MS);
    }
  }

  return {
    handle(frame) {
      switch (frame.op) {
        case "put":
          return put(frame);
        case "credit":
          return push.grant(frame.bytes);
        case "pull":
          return attempt(frame.request, () => pull(frame));
        case "snapshotBegin":
          return attempt(frame.request, () => desk.begin(frame));
        case "snapshotChunk":
          return attempt(frame.request, () => desk.chunk(frame));
        case "snapshotCommit":
          return attempt(frame.request, async () => {
            const result = await desk.commit(frame.request);
            if (result !== null) answerSwap(frame.request, result);
          });
        case "snapshotGet":
          return attempt(frame.request, () => desk.get(frame));
        case "forwardPut":
          return attempt(frame.request, () => replaceForward(frame));
        case "forwardGet":
          return attempt(frame.request, async () => {
            const record = await store.readForward(room.ref);
            link.send({ op: "forward", request: frame.request, record });
          });
        case "describe":
          return attempt(frame.request, async () => {
            const description = await store.describe(room.ref);
            link.send({ op: "description", request: frame.request, description });
          });
        case "purge":
          return attempt(frame.request, () => purge(frame));
      }
    },
    tick: () => desk.tick(),
    closed: () => desk.closed(),
  };
}

/** The entries in lists that each fit one frame; one empty list when there are none. */
function splitPage(entries: readonly PlacedEntry[]): readonly (readonly PlacedEntry[])[] {
  const frames: PlacedEntry[][] = [[]];
  let bytes = 0;
  for (const placed of entries) {
    const size = placed.entry.length + ENTRY_OVERHEAD_BYTES;
    if (bytes + size > ENTRIES_FRAME_BYTES) {
      frames.push([]);
      bytes = 0;
    }
    frames.at(-1)?.push(placed);
    bytes += size;
  }
  return frames;
}
