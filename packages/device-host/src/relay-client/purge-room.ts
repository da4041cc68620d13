/** Empties a room that every device has left, by its authority's signature. The relay keeps nothing of it but what was pinned. */
import { signOperands, type SigningKeyPair } from "@latchkey/core/crypto/signature";
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import type { Random } from "@latchkey/core/ports";
import {
  decodeRelayFrame,
  encodeFrame,
  purgeOperands,
  type RelayAddress,
  roomSocketUrl,
} from "@latchkey/core/relay-protocol";
import { answerHello, type RoomKeys } from "@latchkey/core/sync/join-room";
import { openSocket } from "#web-socket";

/** For the whole of it. */
const PURGE_MS = 15_000;
const REQUEST = 1;

/** Resolves `null` when the room is empty, else why not. */
export function purgeRoom(
  room: RoomKeys,
  authority: SigningKeyPair,
  relay: RelayAddress,
  random: Random,
): Promise<ErrorCode | null> {
  return new Promise((resolve) => {
    let outcome: ErrorCode | null = "LK-RELAY-UNREACHABLE";
    let challenge: Parameters<typeof purgeOperands>[0] | null = null;
    const leave = (code: ErrorCode | null): void => {
      outcome = code;
      socket.close();
    };
    const deadline = setTimeout(() => leave("LK-RELAY-UNREACHABLE"), PURGE_MS);
    const socket = openSocket(roomSocketUrl(relay.origin, room.id), {
      frame(bytes) {
        try {
          onFrame(bytes);
        } catch (error) {
          if (!isVaultError(error)) throw error;
          leave(error.code);
        }
      },
      end() {
        clearTimeout(deadline);
        resolve(outcome);
      },
    });

    function onFrame(bytes: Uint8Array): void {
      const frame = decodeRelayFrame(bytes);
      switch (frame.op) {
        case "hello": {
          const join = answerHello(frame, relay, room, random);
          if (typeof join === "string") return leave(join);
          const { instanceId, nonce } = frame;
          challenge = { origin: relay.origin, instanceId, roomId: room.id, nonce };
          return socket.send(encodeFrame(join));
        }
        case "welcome": {
          if (challenge === null) return leave("LK-RELAY-PROTOCOL");
          const [label, ...operands] = purgeOperands(challenge);
          const signature = signOperands(authority, label, ...operands);
          return socket.send(encodeFrame({ op: "purge", request: REQUEST, signature }));
        }
        case "ok":
          return leave(null);
        case "error":
          return leave(frame.code);
        default:
          return undefined;
      }
    }
  });
}
