/** Room ids certify themselves, entries show a relay their header only, and each signed operand counts. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type CborValue, encodeCbor } from "../../src/cbor/codec.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { deriveSigningKeyPair, isSignedBy, signOperands } from "../../src/crypto/signature.ts";
import { makeEntry } from "../../src/log/entry.ts";
import { ENTRY_SIZES } from "../../src/log/padding.ts";
import { readEntryHeader } from "../../src/relay-protocol/entry-header.ts";
import {
  type Challenge,
  encodeOperands,
  forwardOperands,
  joinOperands,
  pinOperands,
  purgeOperands,
} from "../../src/relay-protocol/handshake.ts";
import { MAX_ENTRY_BYTES } from "../../src/relay-protocol/limits.ts";
import {
  deriveRoomId,
  formatId,
  parseMailboxId,
  parseNameplate,
  parseRoomId,
  type RoomId,
} from "../../src/relay-protocol/room-id.ts";

const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());
const of = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);
const ROOM = of(16) as RoomId;

describe("a room id", () => {
  const id = deriveRoomId(of(32, 1), of(32, 2), sha256);

  test("is half of SHA-256 over label, auth key and authority key", () => {
    expect(id).toEqual(sha256(encodeCbor(["latchkey/room-id/1", of(32, 1), of(32, 2)])).slice(0, 16));
  });

  test("is another when either key is another, or when they change places", () => {
    expect(deriveRoomId(of(32, 3), of(32, 2), sha256)).not.toEqual(id);
    expect(deriveRoomId(of(32, 1), of(32, 3), sha256)).not.toEqual(id);
    expect(deriveRoomId(of(32, 2), of(32, 1), sha256)).not.toEqual(id);
  });

  test("is 22 characters in a path, and nothing else is read as one", () => {
    expect(parseRoomId(formatId(id))).toEqual(id);
    expect(formatId(id)).toHaveLength(22);
    for (const text of ["", "a", `${formatId(id)}A`, formatId(id).slice(1), "!".repeat(22), "A".repeat(43)]) {
      expect(parseRoomId(text)).toBeNull();
      expect(parseMailboxId(text)).toBeNull();
    }
  });

  test("is no nameplate, which is a number of three to six digits", () => {
    expect([parseNameplate("100"), parseNameplate("999999")]).toEqual([100, 999_999]);
    for (const text of ["", "99", "012", "0100", "1000000", "1e3", "-100", "100 ", "10a"]) {
      expect(parseNameplate(text)).toBeNull();
    }
  });
});

describe("an entry's header", () => {
  type Parts = { header: CborValue[]; rest: CborValue[] };
  const good = (): Parts => ({
    header: [1, 1, ROOM, of(8, 9), 42, of(32)],
    rest: [of(24), of(100), of(64)],
  });
  const encode = ({ header, rest }: Parts): Uint8Array => encodeCbor([header, ...rest]);

  test("gives tag and seq of an entry for this room", () => {
    expect(readEntryHeader(encode(good()), ROOM)).toEqual({ deviceTag: of(8, 9), seq: 42 });
  });

  test.for<[string, (parts: Parts) => void]>([
    ["a version from tomorrow", ({ header }) => (header[0] = 2)],
    ["a suite that is text", ({ header }) => (header[1] = "1")],
    ["another room", ({ header }) => (header[2] = of(16, 2))],
    ["a log id of 15 bytes", ({ header }) => (header[2] = of(15))],
    ["a tag of 7 bytes", ({ header }) => (header[3] = of(7))],
    ["a negative seq", ({ header }) => (header[4] = -1)],
    ["a hash of 31 bytes", ({ header }) => (header[5] = of(31))],
    ["a seventh header field", ({ header }) => header.push(0)],
    ["no seq", ({ header }) => header.splice(4, 1)],
    ["a nonce of 23 bytes", ({ rest }) => (rest[0] = of(23))],
    ["no ciphertext", ({ rest }) => (rest[1] = of(0))],
    ["a signature of 63 bytes", ({ rest }) => (rest[2] = of(63))],
    ["a fifth field", ({ rest }) => rest.push(0)],
  ])("is refused with %s", ([, spoil]) => {
    const parts = good();
    spoil(parts);
    expect(() => readEntryHeader(encode(parts), ROOM)).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
    );
  });

  test("is read from what a device makes, of every size", () => {
    const signer = deriveSigningKeyPair(of(32, 5));
    for (const [i, size] of ENTRY_SIZES.entries()) {
      const header = { logId: ROOM, deviceTag: of(8, 9), seq: i + 1, prev: of(32) };
      const payload = of(size - 400);
      const body = { epochHash: of(32), seen: [], kind: "change", payload } as const;
      const { bytes } = makeEntry(header, body, { sealKey: of(32), signer }, (length) => of(length));
      expect(bytes).toHaveLength(size);
      expect(readEntryHeader(bytes, ROOM)).toEqual({ deviceTag: of(8, 9), seq: i + 1 });
    }
    expect(ENTRY_SIZES.at(-1)).toBe(MAX_ENTRY_BYTES);
  });

  test("is refused with trailing bytes", () => {
    expect(() => readEntryHeader(new Uint8Array([...encode(good()), 0]), ROOM)).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
    );
  });

  test("is read up to 65 536 bytes of entry", () => {
    const sized = (length: number): Uint8Array => {
      const parts = good();
      parts.rest[1] = of(length);
      return encode(parts);
    };
    const overhead = sized(60_000).length - 60_000;
    expect(readEntryHeader(sized(65_536 - overhead), ROOM).seq).toBe(42);
    expect(() => readEntryHeader(sized(65_537 - overhead), ROOM)).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-TOO-LARGE" }),
    );
  });
});

describe("what is signed", () => {
  const keys = deriveSigningKeyPair(of(32, 5));
  const challenge: Challenge = {
    origin: "http://127.0.0.1:1",
    instanceId: of(16, 2),
    roomId: ROOM,
    nonce: of(32, 3),
  };
  const spoiled: readonly [string, Challenge][] = [
    ["origin", { ...challenge, origin: "http://127.0.0.1:2" }],
    ["instance id", { ...challenge, instanceId: of(16, 9) }],
    ["room id", { ...challenge, roomId: of(16, 9) as RoomId }],
    ["relay nonce", { ...challenge, nonce: of(32, 9) }],
  ];
  const holds = (signature: Uint8Array, operands: ReturnType<typeof joinOperands>): boolean =>
    isSignedBy(keys.publicKey, signature, ...operands);

  test("is the canonical array that both sides build", () => {
    expect(encodeOperands(purgeOperands(challenge))).toEqual(
      encodeCbor([LABELS.relayPurge, ROOM, of(16, 2), of(32, 3)]),
    );
    expect(encodeOperands(joinOperands(challenge, of(32, 4)))).toEqual(
      encodeCbor([LABELS.relayAuth, "http://127.0.0.1:1", of(16, 2), ROOM, of(32, 3), of(32, 4)]),
    );
  });

  test.for(spoiled)("to join holds for one %s", ([, other]) => {
    const signature = signOperands(keys, ...joinOperands(challenge, of(32, 4)));
    expect(holds(signature, joinOperands(challenge, of(32, 4)))).toBe(true);
    expect(holds(signature, joinOperands(challenge, of(32, 6)))).toBe(false);
    expect(holds(signature, joinOperands(other, of(32, 4)))).toBe(false);
  });

  test.for(spoiled.slice(1))("to purge or forward holds for one %s", ([, other]) => {
    expect(holds(signOperands(keys, ...purgeOperands(challenge)), purgeOperands(other))).toBe(false);
    const forward = (c: Challenge, expected: Uint8Array | null, hash: Uint8Array, body: Uint8Array) =>
      forwardOperands(c, expected, hash, body);
    const signature = signOperands(keys, ...forward(challenge, null, of(32), of(5)));
    expect(holds(signature, forward(challenge, null, of(32), of(5)))).toBe(true);
    expect(holds(signature, forward(other, null, of(32), of(5)))).toBe(false);
    expect(holds(signature, forward(challenge, of(32), of(32), of(5)))).toBe(false);
    expect(holds(signature, forward(challenge, null, of(32, 2), of(5)))).toBe(false);
    expect(holds(signature, forward(challenge, null, of(32), of(6)))).toBe(false);
  });

  test("to pin holds for one entry in one room", () => {
    const signature = signOperands(keys, ...pinOperands(ROOM, of(10)));
    expect(holds(signature, pinOperands(ROOM, of(10)))).toBe(true);
    expect(holds(signature, pinOperands(ROOM, of(11)))).toBe(false);
    expect(holds(signature, pinOperands(of(16, 9) as RoomId, of(10)))).toBe(false);
  });
});
