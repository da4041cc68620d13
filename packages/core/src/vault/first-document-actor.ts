/**
 * Who wrote the document that an epoch begins with: nobody that is known, for it holds what there was and not who wrote it. Of the values of one
 * key the shown one is by the highest actor of all. Imports no Automerge: lists are described without it.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeHex } from "../bytes/text.ts";
import type { ActorId } from "./operation-id.ts";

const ACTOR_BYTES = 16;
const NUMBER_BYTES = 4;
const HIGHEST = 0xff_ff_ff_ff;

/** `place` 0 is the shown value's, 1 and up those of the values beside it. */
export function firstDocumentActor(place: number): ActorId {
  const number = new Uint8Array(NUMBER_BYTES);
  new DataView(number.buffer).setUint32(0, HIGHEST - place);
  const head = new Uint8Array(ACTOR_BYTES - NUMBER_BYTES).fill(0xff);
  return encodeHex(concatBytes(head, number)) as ActorId;
}

export const isFirstDocumentActor = (actor: ActorId): boolean =>
  actor.startsWith("ff".repeat(ACTOR_BYTES - NUMBER_BYTES));
