/**
 * One socket of a room, from `hello` to its end: the handshake here, the operations in `room-operations.ts` (relay.md § 5).
 *
 *   hello ─▶ join ─▶ [size, deadline: connection.ts] ─▶ keys give the room id ─▶ signature ─▶ admission if the room is new ─▶ welcome
 *
 * Cheap checks come first. The rights end with the socket; of the client's keys nothing is stored.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import {
  type Challenge,
  CLOSE,
  type ClientFrame,
  type CloseCode,
  decodeClientFrame,
  deriveRoomId,
  encodeOperands,
  equalBytes,
  INITIAL_CREDIT_BYTES,
  type JoinFrame,
  joinOperands,
  NONCE_BYTES,
  PROTOCOL_VERSIONS,
  type RoomId,
} from "@latchkey/core/relay-protocol";
import type { Link, Protocol } from "./connection.ts";
import { createLivePush } from "./live-push.ts";
import type { RelayServices } from "./relay.ts";
import { createRoomOperations, type RoomOperations } from "./room-operations.ts";
import type { Member, Room } from "./room.ts";
import type { IpGroup } from "./ip-group.ts";
import type { RoomState } from "./store/store.ts";

export interface RoomSocket {
  readonly roomId: RoomId;
  /** The audience: one of the configured origins. */
  readonly origin: string;
  readonly group: IpGroup;
}

/** What a joined socket is, beyond its room: with it a host that was put to sleep takes the socket up again. */
export interface Joined {
  readonly nonce: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
}

/** A socket that joined before, and its room as it is now. */
export interface ResumedRoom {
  readonly joined: Joined;
  readonly state: RoomState;
}

/** `onJoined` is told what to keep. */
export function speakRoom(
  services: RelayServices,
  socket: RoomSocket,
  link: Link,
  onJoined: (joined: Joined) => void,
  resumed: ResumedRoom | null = null,
): Protocol {
  const { admission, limits, random, rooms, sha256, store, verifyEd25519 } = services;
  const challenge: Challenge = {
    origin: socket.origin,
    instanceId: store.instanceId,
    roomId: socket.roomId,
    nonce: resumed?.joined.nonce ?? random(NONCE_BYTES),
  };
  const push = createLivePush(
    link,
    limits.outboundHighBytes,
    (bytes) => services.spendEgress(socket.group, bytes) === 0,
    () => services.metrics.add("lagging_total"),
  );
  const member: Member = {
    push: (entry, frame) => push.push(entry, frame),
    purged: () => link.end(CLOSE.gone, "LK-RELAY-GONE"),
  };
  let room: Room | null = null;
  let operations: RoomOperations | null = null;
  let closed = false;

  function refuse(code: CloseCode, reason: ErrorCode, retryAfterMs: number | null = null): void {
    link.send({ op: "error", request: null, code: reason, retryAfterMs });
    link.end(code, reason);
  }

  function enter(state: RoomState, authorityPublicKey: Uint8Array): Room | null {
    room = rooms.enter(socket.roomId, state, member);
    if (room === null) return null;
    const { group } = socket;
    operations = createRoomOperations(services, {
      link,
      room,
      member,
      push,
      challenge,
      group,
      authorityPublicKey,
    });
    return room;
  }

  async function join(frame: JoinFrame): Promise<void> {
    if (!PROTOCOL_VERSIONS.includes(frame.version)) return refuse(CLOSE.version, "LK-RELAY-VERSION");
    const derived = deriveRoomId(frame.authPublicKey, frame.authorityPublicKey, sha256);
    if (!equalBytes(derived, socket.roomId)) return refuse(CLOSE.policy, "LK-RELAY-AUTH");
    const message = encodeOperands(joinOperands(challenge, frame.clientNonce));
    const genuine = await verifyEd25519(frame.authPublicKey, frame.signature, message);
    if (!genuine) return refuse(CLOSE.policy, "LK-RELAY-AUTH");

    let state = await store.openRoom(socket.roomId, services.today());
    if (state === null) {
      if (services.isDiskLow("rooms")) return refuse(CLOSE.internal, "LK-RELAY-STORE");
      const { nonce, roomId } = challenge;
      const { creationToken: token } = frame;
      const admitted = await admission.create({
        roomId,
        group: socket.group,
        token,
        nonce,
        today: services.today(),
      });
      if (admitted === null) return refuse(CLOSE.policy, "LK-RELAY-ADMISSION");
      if ("waitMs" in admitted) return refuse(CLOSE.rate, "LK-RELAY-RATE", admitted.waitMs);
      state = admitted;
      services.metrics.add("created_rooms_total");
    }
    if (closed) return;
    const { authorityPublicKey } = frame;
    const entered = enter(state, authorityPublicKey);
    if (entered === null) return refuse(CLOSE.rate, "LK-RELAY-RATE");
    link.joined();
    onJoined({ nonce: challenge.nonce, authorityPublicKey });
    link.send({
      op: "welcome",
      head: entered.head,
      snapshot: state.snapshot,
      forward: state.forward,
      expiresDay: services.today() + limits.roomIdleDays,
      credit: INITIAL_CREDIT_BYTES,
    });
  }

  function handle(frame: ClientFrame): Promise<void> | void {
    if (operations === null) {
      return frame.op === "join" ? join(frame) : link.end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
    }
    return frame.op === "join" ? link.end(CLOSE.protocol, "LK-RELAY-PROTOCOL") : operations.handle(frame);
  }

  if (resumed !== null) enter(resumed.state, resumed.joined.authorityPublicKey);
  return {
    start() {
      link.send({
        op: "hello",
        versions: PROTOCOL_VERSIONS,
        origin: challenge.origin,
        instanceId: challenge.instanceId,
        nonce: challenge.nonce,
        limits: {
          logBytes: limits.roomLogBytes,
          logEntries: limits.roomLogEntries,
          snapshotBytes: limits.snapshotBytes,
        },
        admission: admission.mode,
      });
    },
    frame: (bytes) => handle(decodeClientFrame(bytes)),
    tick: () => operations?.tick(),
    closed() {
      closed = true;
      if (room !== null) rooms.leave(room, member);
      operations?.closed();
    },
  };
}
