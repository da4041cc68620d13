/** The client's side of the handshake (`relay-protocol/handshake.ts`): checks whom it is talking to, then proves the room's auth key. */
import { equalBytes } from "../bytes/equal.ts";
import { sha256 } from "../crypto/sha256.ts";
import { signOperands, type SigningKeyPair } from "../crypto/signature.ts";
import type { ErrorCode } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { JoinFrame } from "../relay-protocol/frame-client.ts";
import type { HelloFrame } from "../relay-protocol/frame-relay.ts";
import { joinOperands, NONCE_BYTES } from "../relay-protocol/handshake.ts";
import { PROTOCOL_VERSIONS } from "../relay-protocol/limits.ts";
import { doWork, MAX_WORK_BITS, SOLUTION_BYTES, workBitsOf } from "../relay-protocol/proof-of-work.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import type { RoomId } from "../relay-protocol/room-id.ts";
import type { LinkReport } from "./link-effect.ts";
import type { RelayMarks } from "./relay-marks.ts";

export interface RoomKeys {
  readonly id: RoomId;
  readonly auth: SigningKeyPair;
  readonly authorityPublicKey: Uint8Array;
}

/**
 * The join for this hello, or the code for which the socket must be closed: nothing is signed for another audience. `mayBeNew`: this relay
 * may not know the room; then the work that it may ask for is done, which takes up to seconds.
 */
export function answerHello(
  hello: HelloFrame,
  relay: RelayAddress,
  room: RoomKeys,
  random: Random,
  mayBeNew = false,
): JoinFrame | ErrorCode {
  if (hello.origin !== relay.origin) return "LK-RELAY-ORIGIN";
  const version = PROTOCOL_VERSIONS.find((known) => hello.versions.includes(known));
  if (version === undefined) return "LK-RELAY-VERSION";
  const bits = mayBeNew ? workBitsOf(hello.admission) : 0;
  if (bits > MAX_WORK_BITS) return "LK-RELAY-ADMISSION";
  const place = { nonce: hello.nonce, roomId: room.id };
  const creationToken = bits > 0 ? doWork(place, bits, random(SOLUTION_BYTES), sha256) : relay.token;
  const clientNonce = random(NONCE_BYTES);
  const { origin, instanceId, nonce } = hello;
  return {
    op: "join",
    version,
    authPublicKey: room.auth.publicKey,
    authorityPublicKey: room.authorityPublicKey,
    clientNonce,
    signature: signOperands(
      room.auth,
      ...joinOperands({ origin, instanceId, roomId: room.id, nonce }, clientNonce),
    ),
    creationToken,
  };
}

/** Whether a relay is the one that `marks` are of, with all that it had; and if it is known and has not, what is to be said of it. */
export function judgeWelcome(
  marks: RelayMarks,
  instanceId: Uint8Array,
  head: number,
): { readonly sameData: boolean; readonly loss: LinkReport | null } {
  const { instanceId: known, highest } = marks;
  if (known === null) return { sameData: false, loss: null };
  const sameInstance = equalBytes(known, instanceId);
  if (sameInstance && head >= highest) return { sameData: true, loss: null };
  return { sameData: false, loss: { is: "relay-lost-data", sameInstance, instanceId, head, highest } };
}
