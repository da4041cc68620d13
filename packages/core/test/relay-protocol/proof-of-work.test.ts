/** Work for a new room: what is found is accepted for its place and bits alone (relay.md § 12). */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { LABELS } from "@latchkey/core/crypto/labels";
import { sha256 } from "@latchkey/core/crypto/sha256";
import {
  doWork,
  formatWork,
  isWorkDone,
  type RoomId,
  SOLUTION_BYTES,
  workBitsOf,
} from "@latchkey/core/relay-protocol";
import { expect, test } from "vitest";

const of = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const PLACE = { nonce: of(32, 1), roomId: of(16, 2) as RoomId };

test("a solution is one for its nonce and its room, and has the zero bits that were asked for", () => {
  const solution = doWork(PLACE, 10, of(SOLUTION_BYTES, 3), sha256);
  expect(solution).toHaveLength(SOLUTION_BYTES);
  const hash = sha256(encodeCbor([LABELS.relayWork, PLACE.nonce, PLACE.roomId, solution]));
  expect((((hash[0] as number) << 8) | (hash[1] as number)) >> 6).toBe(0);
  expect(isWorkDone(PLACE, solution, 10, sha256)).toBe(true);
  expect(isWorkDone({ ...PLACE, nonce: of(32, 9) }, solution, 10, sha256)).toBe(false);
  expect(isWorkDone({ ...PLACE, roomId: of(16, 9) as RoomId }, solution, 10, sha256)).toBe(false);
  expect(isWorkDone(PLACE, solution.subarray(1), 0, sha256)).toBe(false);
});

test.each([
  ["pow:20", 20],
  ["pow:8", 8],
  ["open", 0],
  ["pow:", 0],
  ["pow:100", 0],
  ["invite", 0],
])("admission %s asks for %i bits", (admission, bits) => {
  expect(workBitsOf(admission)).toBe(bits);
});

test("the mode is written as it is read", () => {
  expect(workBitsOf(formatWork(18))).toBe(18);
});
