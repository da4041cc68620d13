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
  type PutEntry,
  readEntryHeader,
  splitPage,
} from "@latchkey/core/relay-protocol";
import type { Link } from "./connection.ts";
import type { Member } from "./member.ts";
import type { QueuedPut } from "./put-queue.ts";
import { sizeOf } from "./rate.ts";
import { BUSY_RETRY_MS, refuse, Refusal, refuseUntil, STORE_RETRY_MS } from "./refusal.ts";
import type { RelayServices } from "./relay.ts";
import type { Room } from "./room.ts";
import { createSnapshotDesk } from "./snapshot-desk.ts";

export interface RoomContext {
  readonly link: Link;
  readonly room: Room;
  readonly member: Member;
  readonly challenge: Challenge;
  readonly authorityPublicKey: Uint8Array;
}

type MemberFrame = Exclude<ClientFrame, { readonly op: "join" }>;
export type FrameOf<Op extends MemberFrame["op"]> = Extract<MemberFrame, { readonly op: Op }>;
type Operation<Frame> = (frame: Frame) => Promise<void> | void;
type QueuedEntry = QueuedPut["entries"][number];

export type RoomOperations = ReturnType<typeof createRoomOperations>;

export function createRoomOperations(services: RelayServices, context: RoomContext) {
  const { budgets, limits, log, puts, store } = services;
  const { authorityPublicKey, challenge, link, member, room } = context;
  const desk = createSnapshotDesk(services, context);

  function answer(request: number, code: ErrorCode, retryAfterMs: number | null): void {
    link.send({ op: "error", request, code, retryAfterMs });
  }

  const isByAuthority = (signature: Uint8Array, operands: Operands): Promise<boolean> =>
    services.verifyEd25519(authorityPublicKey, signature, encodeOperands(operands));

  function check({ entry: bytes, pin }: PutEntry): QueuedEntry | Promise<QueuedEntry> {
    try {
      const checked = { room: room.ref, ...readEntryHeader(bytes, room.id), bytes, pinned: pin !== null };
      if (pin === null) return checked;
      return isByAuthority(pin, pinOperands(room.id, bytes)).then((is) =>
        is ? checked : { code: "LK-RELAY-AUTH" },
      );
    } catch (error) {
      if (isVaultError(error)) return { code: error.code };
      throw error;
    }
  }

  function put({ request, entries }: FrameOf<"put">): Promise<void> | void {
    const bytes = sizeOf(entries.map(({ entry }) => entry));
    if (services.state.isDraining) refuse("LK-RELAY-RESTART", BUSY_RETRY_MS);
    if (services.isDiskLow("puts")) refuse("LK-RELAY-STORE", STORE_RETRY_MS);
    if (puts.pendingBytes() + bytes > limits.pendingPutBytes) refuseUntil(BUSY_RETRY_MS);
    refuseUntil(budgets.spend("puts", room.payer) || budgets.spend("putBytes", room.payer, bytes));
    const add = (checked: readonly QueuedEntry[]): void =>
      puts.add({
        room: room.ref,
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
    // What waits for nothing is queued at once: that keeps the turn's puts together.
    if (entries.every(({ pin }) => pin === null)) return add(entries.map(check) as QueuedEntry[]);
    return Promise.all(entries.map(async (entry) => check(entry))).then(add);
  }

  const operations: { readonly [Op in MemberFrame["op"]]: Operation<FrameOf<Op>> } = {
    ...desk.operations,
    put,
    credit: ({ bytes }) => member.grant(bytes),
    async pull({ request, after, maxEntries, maxBytes }) {
      const { entries, head } = await store.read(room.ref, after, maxEntries, maxBytes);
      refuseUntil(budgets.spend("egress", link.group, sizeOf(entries.map(({ entry }) => entry))));
      const frames = splitPage(entries);
      for (const [i, part] of frames.entries()) {
        link.send({ op: "entries", request, entries: part, head, done: i === frames.length - 1 });
      }
      // Only against the room's head of this moment: what was committed meanwhile was not pushed to a lagging socket.
      if ((entries.at(-1)?.cursor ?? after) >= room.head) member.caughtUp();
    },
    async forwardPut({ request, expected, hash, body, signature }) {
      if (services.isDiskLow("puts")) refuse("LK-RELAY-STORE", STORE_RETRY_MS);
      refuseUntil(budgets.spend("puts", room.payer) || budgets.spend("putBytes", room.payer, body.length));
      if (!(await isByAuthority(signature, forwardOperands(challenge, expected, hash, body))))
        refuse("LK-RELAY-AUTH");
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
      if (!(await isByAuthority(signature, purgeOperands(challenge)))) refuse("LK-RELAY-AUTH");
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
