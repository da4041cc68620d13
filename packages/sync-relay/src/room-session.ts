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
import { createMember } from "./member.ts";
import type { RelayServices } from "./relay.ts";
import { createRoomOperations, type RoomOperations } from "./room-operations.ts";
import type { RoomState } from "./store/store.ts";

/** What a joined socket is, beyond its room: with it a host that was put to sleep takes the socket up again. */
export interface Joined {
  readonly nonce: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
}

export interface RoomSocket {
  readonly roomId: RoomId;
  /** The audience: one of the configured origins. */
  readonly origin: string;
  /** Told what to keep. */
  onJoined(joined: Joined): void;
  /** A socket that joined before, and its room as it is now. */
  readonly resumed: { readonly joined: Joined; readonly state: RoomState } | null;
}

export function speakRoom(services: RelayServices, socket: RoomSocket, link: Link): Protocol {
  const { admission, limits, metrics, rooms, store, today } = services;
  const { origin, resumed, roomId } = socket;
  const nonce = resumed?.joined.nonce ?? services.random(NONCE_BYTES);
  const challenge: Challenge = { origin, instanceId: store.instanceId, roomId, nonce };
  const member = createMember(services, link);
  let room = resumed && rooms.enter(roomId, resumed.state, member);
  let authorityPublicKey = resumed?.joined.authorityPublicKey;
  /** Made by the first of them: most sockets are idle, and there are many. */
  let operations: RoomOperations | null = null;
  let closed = false;

  function refuse(code: CloseCode, reason: ErrorCode, retryAfterMs: number | null = null): void {
    link.send({ op: "error", request: null, code: reason, retryAfterMs });
    link.end(code, reason);
  }

  async function join(frame: JoinFrame): Promise<void> {
    const { authPublicKey, clientNonce, creationToken: token, signature } = frame;
    if (!PROTOCOL_VERSIONS.includes(frame.version)) return refuse(CLOSE.version, "LK-RELAY-VERSION");
    const message = encodeOperands(joinOperands(challenge, clientNonce));
    const isMember =
      equalBytes(deriveRoomId(authPublicKey, frame.authorityPublicKey, services.sha256), roomId) &&
      (await services.verifyEd25519(authPublicKey, signature, message));
    if (!isMember) return refuse(CLOSE.policy, "LK-RELAY-AUTH");

    let state = await store.openRoom(roomId, today());
    if (state === null) {
      if (services.isDiskLow("rooms")) return refuse(CLOSE.internal, "LK-RELAY-STORE");
      const admitted = await admission.create({ roomId, group: link.group, token, nonce, today: today() });
      if (admitted === null) return refuse(CLOSE.policy, "LK-RELAY-ADMISSION");
      if ("waitMs" in admitted) return refuse(CLOSE.rate, "LK-RELAY-RATE", admitted.waitMs);
      state = admitted;
      metrics.add("created_rooms_total");
    }
    if (closed) return;
    room = rooms.enter(roomId, state, member);
    if (room === null) return refuse(CLOSE.rate, "LK-RELAY-RATE");
    ({ authorityPublicKey } = frame);
    link.joined();
    socket.onJoined({ nonce, authorityPublicKey });
    link.send({
      op: "welcome",
      head: room.head,
      snapshot: state.snapshot,
      forward: state.forward,
      expiresDay: today() + limits.roomIdleDays,
      credit: INITIAL_CREDIT_BYTES,
    });
  }

  return {
    start() {
      if (resumed !== null) return link.joined();
      const { roomLogBytes: logBytes, roomLogEntries: logEntries, snapshotBytes } = limits;
      const { instanceId } = challenge;
      const about = { versions: PROTOCOL_VERSIONS, limits: { logBytes, logEntries, snapshotBytes } };
      link.send({ op: "hello", ...about, origin, instanceId, nonce, admission: admission.mode });
    },
    frame(bytes) {
      const frame = decodeClientFrame(bytes);
      if (frame.op === "join") {
        if (room === null) return join(frame);
      } else if (room !== null && authorityPublicKey !== undefined) {
        const context = { link, room, member, challenge, authorityPublicKey };
        return (operations ??= createRoomOperations(services, context)).handle(frame);
      }
      link.end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
    },
    tick: () => operations?.tick(),
    closed() {
      closed = true;
      if (room !== null) rooms.leave(room, member);
      operations?.closed();
    },
  };
}
