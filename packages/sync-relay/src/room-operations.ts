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
  type Operands,
  pinOperands,
  purgeOperands,
  readEntryHeader,
  splitPage,
} from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { Link } from "./connection.ts";
import type { LivePush } from "./live-push.ts";
import type { QueuedPut } from "./put-queue.ts";
import { BUSY_RETRY_MS, refuse, Refusal, refuseUntil, STORE_RETRY_MS } from "./refusal.ts";
import type { RelayServices } from "./relay.ts";
import type { Member, Room } from "./room.ts";
import { createSnapshotDesk } from "./snapshot-desk.ts";

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
export type FrameOf<Op extends MemberFrame["op"]> = Extract<MemberFrame, { readonly op: Op }>;
type Operation<Frame> = (frame: Frame) => Promise<void> | void;

export type RoomOperations = ReturnType<typeof createRoomOperations>;

export function createRoomOperations(services: RelayServices, context: RoomContext) {
  const { budgets, limits, log, puts, store, verifyEd25519 } = services;
  const { authorityPublicKey, challenge, group, link, member, push, room } = context;
  const desk = createSnapshotDesk(services, context);

  function answer(request: number, code: ErrorCode, retryAfterMs: number | null): void {
    link.send({ op: "error", request, code, retryAfterMs });
  }

  async function checkAuthority(signature: Uint8Array, operands: Operands): Promise<void> {
    const isGenuine = await verifyEd25519(authorityPublicKey, signature, encodeOperands(operands));
    if (!isGenuine) refuse("LK-RELAY-AUTH");
  }

  type Entry = FrameOf<"put">["entries"][number];
  type QueuedEntry = QueuedPut["entries"][number];

  function checkEntry({ entry: bytes, pin }: Entry): QueuedEntry {
    try {
      return { room: room.ref, ...readEntryHeader(bytes, room.id), bytes, pinned: pin !== null };
    } catch (error) {
      if (isVaultError(error)) return { code: error.code };
      throw error;
    }
  }

  async function checkPin({ entry, pin }: Entry, queued: QueuedEntry): Promise<QueuedEntry> {
    if (pin === null || "code" in queued) return queued;
    const message = encodeOperands(pinOperands(room.id, entry));
    return (await verifyEd25519(authorityPublicKey, pin, message)) ? queued : { code: "LK-RELAY-AUTH" };
  }

  function put({ request, entries }: FrameOf<"put">): Promise<void> | void {
    const bytes = entries.reduce((sum, { entry }) => sum + entry.length, 0);
    if (services.state.isDraining) refuse("LK-RELAY-RESTART", BUSY_RETRY_MS);
    if (services.isDiskLow("puts")) refuse("LK-RELAY-STORE", STORE_RETRY_MS);
    if (puts.pendingBytes() + bytes > limits.pendingPutBytes) refuseUntil(BUSY_RETRY_MS);
    refuseUntil(budgets.put(room.key, bytes));
    const add = (checked: readonly QueuedEntry[]): void =>
      puts.add({
        room,
        sender: member,
        entries: checked,
        bytes,
        settle(outcomes) {
          if (outcomes === null) return answer(request, "LK-RELAY-STORE", STORE_RETRY_MS);
          // The operator dropped the room under its sockets.
          if (outcomes.some((outcome) => "code" in outcome && outcome.code === "LK-RELAY-GONE"))
            return member.purged();
          link.send({ op: "ack", request, outcomes });
        },
      });
    const checked = entries.map(checkEntry);
    // What waits for nothing is queued at once: that keeps the turn's puts together.
    if (entries.every(({ pin }) => pin === null)) return add(checked);
    return Promise.all(entries.map((entry, i) => checkPin(entry, checked[i] as QueuedEntry))).then(add);
  }

  const operations: { readonly [Op in MemberFrame["op"]]: Operation<FrameOf<Op>> } = {
    ...desk.operations,
    put,
    credit: ({ bytes }) => push.grant(bytes),
    async pull({ request, after, maxEntries, maxBytes }) {
      const { entries, head } = await store.read(room.ref, after, maxEntries, maxBytes);
      refuseUntil(
        budgets.egress(
          group,
          entries.reduce((sum, { entry }) => sum + entry.length, 0),
        ),
      );
      const frames = splitPage(entries);
      for (const [i, part] of frames.entries()) {
        link.send({ op: "entries", request, entries: part, head, done: i === frames.length - 1 });
      }
      // Only against the room's head of this moment: what was committed meanwhile was not pushed to a lagging socket.
      if ((entries.at(-1)?.cursor ?? after) >= room.head) push.caughtUp();
    },
    async forwardPut({ request, expected, hash, body, signature }) {
      if (services.isDiskLow("puts")) refuse("LK-RELAY-STORE", STORE_RETRY_MS);
      refuseUntil(budgets.put(room.key, body.length));
      await checkAuthority(signature, forwardOperands(challenge, expected, hash, body));
      const result = await store.replaceForward(room.ref, expected, { hash, body });
      link.send(
        result.swapped ? { op: "ok", request } : { op: "conflict", request, current: result.current },
      );
    },
    async forwardGet({ request }) {
      link.send({ op: "forward", request, record: await store.readForward(room.ref) });
    },
    async describe({ request }) {
      link.send({ op: "description", request, description: await store.describe(room.ref) });
    },
    async purge({ request, signature }) {
      await checkAuthority(signature, purgeOperands(challenge));
      await store.purge(room.ref);
      link.send({ op: "ok", request });
      for (const other of room.members) if (other !== member) other.purged();
    },
  };

  /** Says why an operation did not go through. Of a store that failed the client hears one code, whatever it was. */
  function fail(frame: MemberFrame, error: unknown): void {
    if (frame.op === "credit") throw error;
    if (error instanceof Refusal) return answer(frame.request, error.code, error.retryAfterMs);
    log("error", "store-failed");
    answer(frame.request, "LK-RELAY-STORE", STORE_RETRY_MS);
  }

  return {
    handle(frame: MemberFrame): Promise<void> | void {
      try {
        const later = (operations[frame.op] as Operation<MemberFrame>)(frame);
        return later?.catch((error: unknown) => fail(frame, error));
      } catch (error) {
        fail(frame, error);
      }
    },
    tick: desk.tick,
    closed: desk.closed,
  };
}
