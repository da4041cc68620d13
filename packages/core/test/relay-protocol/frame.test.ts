/** The frame codec: every frame comes back, and any other bytes are refused with one code. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CborValue, encodeCbor } from "../../src/cbor/codec.ts";
import { isVaultError } from "../../src/errors.ts";
import type { ClientFrame } from "../../src/relay-protocol/frame-client.ts";
import type { MailboxClientFrame, MailboxRelayFrame } from "../../src/relay-protocol/frame-mailbox.ts";
import type { RelayFrame } from "../../src/relay-protocol/frame-relay.ts";
import type { Nameplate } from "../../src/relay-protocol/room-id.ts";
import {
  type AnyFrame,
  decodeClientFrame,
  decodeMailboxClientFrame,
  decodeMailboxRelayFrame,
  decodeRelayFrame,
  encodeFrame,
} from "../../src/relay-protocol/frame.ts";
import { MAX_BLOB_BYTES, MAX_FRAME_BYTES } from "../../src/relay-protocol/limits.ts";

const runs = process.env["SLOW"] ? 3000 : 60;
const REFUSED = expect.objectContaining({ code: "LK-RELAY-FRAME" });

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const blob = fc.uint8Array({ minLength: 1, maxLength: 200 });
const request = fc.nat({ max: 2 ** 32 - 1 });
const count = fc.maxSafeInteger().map((n) => Math.trunc(Math.abs(n) / 2));
const hash = bytes(32);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const slot = maybe(fc.record({ hash, size: count }));
const code = fc.constantFrom("LK-RELAY-QUOTA", "LK-RELAY-RATE", "LK-ENTRY-MALFORMED");

const client: { [K in ClientFrame["op"]]: fc.Arbitrary<Extract<ClientFrame, { op: K }>> } = {
  join: fc.record({
    op: fc.constant("join"),
    version: count,
    authPublicKey: bytes(32),
    authorityPublicKey: bytes(32),
    clientNonce: bytes(32),
    signature: bytes(64),
    creationToken: maybe(fc.uint8Array({ minLength: 16, maxLength: 64 })),
  }),
  put: fc.record({
    op: fc.constant("put"),
    request,
    entries: fc.array(fc.record({ entry: blob, pin: maybe(bytes(64)) }), { minLength: 1, maxLength: 64 }),
  }),
  pull: fc.record({
    op: fc.constant("pull"),
    request,
    after: count,
    maxEntries: fc.nat({ max: 500 }),
    maxBytes: fc.nat({ max: 1_048_576 }),
  }),
  credit: fc.record({ op: fc.constant("credit"), bytes: fc.nat({ max: 4_194_304 }) }),
  snapshotBegin: fc.record({
    op: fc.constant("snapshotBegin"),
    request,
    expected: maybe(hash),
    hash,
    size: count,
  }),
  snapshotChunk: fc.record({ op: fc.constant("snapshotChunk"), request, index: count, body: blob }),
  snapshotCommit: fc.record({ op: fc.constant("snapshotCommit"), request }),
  snapshotGet: fc.record({
    op: fc.constant("snapshotGet"),
    request,
    hash,
    from: count,
    count: fc.nat({ max: 16 }),
  }),
  forwardPut: fc.record({
    op: fc.constant("forwardPut"),
    request,
    expected: maybe(hash),
    hash,
    body: blob,
    signature: bytes(64),
  }),
  forwardGet: fc.record({ op: fc.constant("forwardGet"), request }),
  describe: fc.record({ op: fc.constant("describe"), request }),
  purge: fc.record({ op: fc.constant("purge"), request, signature: bytes(64) }),
};

const tag = fc.record({
  deviceTag: bytes(8),
  entries: count,
  bytes: count,
  highestSeq: count,
  firstDay: count,
  lastDay: count,
});

const relay: { [K in RelayFrame["op"]]: fc.Arbitrary<Extract<RelayFrame, { op: K }>> } = {
  hello: fc.record({
    op: fc.constant("hello"),
    versions: fc.array(count, { maxLength: 16 }),
    origin: fc.webUrl({ size: "small" }).filter((url) => url.length <= 300),
    instanceId: bytes(16),
    nonce: bytes(32),
    limits: fc.record({ logBytes: count, logEntries: count, snapshotBytes: count }),
    admission: fc.constantFrom("open", "invite"),
  }),
  welcome: fc.record({
    op: fc.constant("welcome"),
    head: count,
    snapshot: slot,
    forward: slot,
    expiresDay: count,
    credit: fc.nat({ max: 4_194_304 }),
  }),
  ack: fc.record({
    op: fc.constant("ack"),
    request,
    outcomes: fc.array(fc.oneof(fc.record({ cursor: count.filter((n) => n > 0) }), fc.record({ code })), {
      maxLength: 64,
    }),
  }),
  entries: fc.record({
    op: fc.constant("entries"),
    request,
    entries: fc.array(fc.record({ cursor: count, entry: blob }), { maxLength: 40 }),
    head: count,
    done: fc.boolean(),
  }),
  event: fc.record({ op: fc.constant("event"), cursor: count, entry: blob }),
  lagging: fc.record({ op: fc.constant("lagging"), head: count }),
  ok: fc.record({ op: fc.constant("ok"), request }),
  conflict: fc.record({ op: fc.constant("conflict"), request, current: maybe(hash) }),
  chunk: fc.record({ op: fc.constant("chunk"), request, index: count, body: blob, last: fc.boolean() }),
  forward: fc.record({
    op: fc.constant("forward"),
    request,
    record: maybe(fc.record({ hash, body: blob })),
  }),
  description: fc.record({
    op: fc.constant("description"),
    request,
    description: fc.record({
      createdDay: count,
      seenDay: count,
      head: count,
      entries: count,
      bytes: count,
      pins: count,
      pinBytes: count,
      tags: fc.array(tag, { maxLength: 32 }),
      snapshot: slot,
      forward: slot,
      invite: maybe(count),
    }),
  }),
  goaway: fc.record({ op: fc.constant("goaway"), retryAfterMs: count, jitterMs: count }),
  error: fc.record({
    op: fc.constant("error"),
    request: maybe(request),
    code,
    retryAfterMs: maybe(count),
  }),
};

const number = fc.nat({ max: 8 });
const sideToken = bytes(16);
const mailboxClient: {
  [K in MailboxClientFrame["op"]]: fc.Arbitrary<Extract<MailboxClientFrame, { op: K }>>;
} = {
  open: fc.record({
    op: fc.constant("open"),
    version: count,
    sideToken,
    received: number,
    ttlSeconds: fc.nat({ max: 600 }),
  }),
  claim: fc.record({ op: fc.constant("claim"), version: count, sideToken, received: number }),
  send: fc.record({ op: fc.constant("send"), number, body: blob }),
  close: fc.constant({ op: "close" }),
  nameplateGet: fc.constant({ op: "nameplateGet" }),
};
const mailboxRelay: {
  [K in MailboxRelayFrame["op"]]: fc.Arbitrary<Extract<MailboxRelayFrame, { op: K }>>;
} = {
  ready: fc.record({
    op: fc.constant("ready"),
    secondsLeft: fc.nat({ max: 600 }),
    sides: fc.nat({ max: 2 }),
    received: number,
  }),
  peer: fc.constant({ op: "peer" }),
  sent: fc.record({ op: fc.constant("sent"), number }),
  message: fc.record({ op: fc.constant("message"), number, body: blob }),
  crowded: fc.constant({ op: "crowded" }),
  nameplate: fc.record({
    op: fc.constant("nameplate"),
    number: maybe(fc.integer({ min: 100, max: 999_999 }).map((digits) => digits as Nameplate)),
    secondsLeft: fc.nat({ max: 300 }),
  }),
};

type Decode = (frame: Uint8Array) => AnyFrame;
const directions: readonly [string, Decode, Record<string, fc.Arbitrary<AnyFrame>>][] = [
  ["client", decodeClientFrame, client],
  ["relay", decodeRelayFrame, relay],
  ["mailbox client", decodeMailboxClientFrame, mailboxClient],
  ["mailbox relay", decodeMailboxRelayFrame, mailboxRelay],
];
const kinds = directions.flatMap(([side, decode, frames]) =>
  Object.entries(frames).map(([op, frame]) => ({ name: `${side} ${op}`, decode, frame, side })),
);

/** A frame, or the one code: anything else is a fault. */
function decodesOrRefuses(decode: Decode, input: Uint8Array): boolean {
  try {
    decode(input);
    return true;
  } catch (error) {
    if (!isVaultError(error, "LK-RELAY-FRAME")) throw error;
    return false;
  }
}

describe("every frame", () => {
  test.for(kinds)("$name comes back as it was written", ({ decode, frame }) => {
    fc.assert(
      fc.property(frame, (written) => {
        expect(decode(encodeFrame(written))).toEqual(written);
      }),
      { numRuns: runs },
    );
  });

  test.for(kinds)("$name is refused when cut or followed by anything", ({ decode, frame }) => {
    fc.assert(
      fc.property(frame, fc.double({ min: 0, max: 0.999 }), fc.nat({ max: 255 }), (written, at, extra) => {
        const whole = encodeFrame(written);
        expect(() => decode(whole.subarray(0, Math.floor(whole.length * at)))).toThrow(REFUSED);
        expect(() => decode(new Uint8Array([...whole, extra]))).toThrow(REFUSED);
      }),
      { numRuns: runs },
    );
  });

  test.for(kinds)("$name is refused with a field more or less", ({ decode, frame }) => {
    const [written] = fc.sample(frame, { numRuns: 1, seed: 7 }) as [AnyFrame];
    const whole = encodeFrame(written);
    const longer = new Uint8Array([...whole, 0]);
    longer[0] = (whole[0] as number) + 1;
    expect(() => decode(longer)).toThrow(REFUSED);
    const shorter = whole.slice();
    shorter[0] = (whole[0] as number) - 1;
    expect(() => decode(shorter)).toThrow(REFUSED);
  });

  test("is refused by the other three directions", () => {
    for (const { frame, side } of kinds) {
      const [written] = fc.sample(frame, { numRuns: 1, seed: 7 }) as [AnyFrame];
      for (const [other, decode] of directions) {
        if (other !== side) expect(() => decode(encodeFrame(written))).toThrow(REFUSED);
      }
    }
  });
});

describe("any bytes", () => {
  test.for(directions)("%s: give a frame or LK-RELAY-FRAME", ([, decode, frames]) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (input) => {
        decodesOrRefuses(decode, input);
      }),
      { numRuns: runs * 10 },
    );
    const spoiled = fc.tuple(fc.oneof(...Object.values(frames)), fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(spoiled, ([written, at, value]) => {
        const input = encodeFrame(written);
        input[at % input.length] = value;
        if (decodesOrRefuses(decode, input)) expect(encodeFrame(decode(input))).toBeInstanceOf(Uint8Array);
      }),
      { numRuns: runs * 10 },
    );
  });

  const blobOf = (length: number): Uint8Array => new Uint8Array(length);
  const put = (...entries: CborValue[]): CborValue => [2, 1, entries];
  test.for<[string, CborValue]>([
    ["no op", []],
    ["an op that is text", ["put"]],
    ["an unknown op", [13, 1]],
    ["a map", new Map([[1, 2]])],
    ["a put of no entry", put()],
    ["a put of 65 entries", put(...Array.from({ length: 65 }, () => [blobOf(1), null]))],
    ["an empty entry", put([blobOf(0), null])],
    ["an entry over 64 KiB", put([blobOf(MAX_BLOB_BYTES + 1), null])],
    ["a pin that is no signature", put([blobOf(1), blobOf(63)])],
    ["a request over 32 bits", [7, 2 ** 32]],
    ["a negative request", [7, -1]],
    ["a pull of 501 entries", [3, 1, 0, 501, 1000]],
    ["a pull of more than 1 MiB", [3, 1, 0, 500, 1_048_577]],
    ["a pull of 0.5 entries", [3, 1, 0, "500", 1000]],
    ["credit over 4 MiB", [4, 4_194_305]],
    ["17 chunks at once", [8, 1, blobOf(32), 0, 17]],
    ["a creation token of 15 bytes", [1, 1, blobOf(32), blobOf(32), blobOf(32), blobOf(64), blobOf(15)]],
    ["a creation token of 65 bytes", [1, 1, blobOf(32), blobOf(32), blobOf(32), blobOf(64), blobOf(65)]],
    ["an auth key of 31 bytes", [1, 1, blobOf(31), blobOf(32), blobOf(32), blobOf(64), null]],
  ])("a client that sends %s is refused", ([, value]) => {
    expect(() => decodeClientFrame(encodeCbor(value))).toThrow(REFUSED);
  });

  test.for<[string, CborValue]>([
    ["a cursor of 0 in an ack", [66, 1, [0]]],
    ["an outcome that is bytes", [66, 1, [blobOf(4)]]],
    ["a version that is text", [64, ["1"], "http://x", blobOf(16), blobOf(32), [1, 1, 1], "open"]],
    [
      "33 device tags",
      [74, 1, [1, 1, 1, 1, 1, 1, 1, Array.from({ length: 33 }, () => tagOf(8)), null, null]],
    ],
    ["a device tag of 9 bytes", [74, 1, [1, 1, 1, 1, 1, 1, 1, [tagOf(9)], null, null]]],
  ])("a relay that sends %s is refused", ([, value]) => {
    expect(() => decodeRelayFrame(encodeCbor(value))).toThrow(REFUSED);
  });

  test.for<[string, CborValue]>([
    ["a nameplate of two digits", [101, 99, 10]],
    ["a nameplate of seven digits", [101, 1_000_000, 10]],
    ["a nameplate for longer than five minutes", [101, 100, 301]],
  ])("a mailbox's relay that sends %s is refused", ([, value]) => {
    expect(() => decodeMailboxRelayFrame(encodeCbor(value))).toThrow(REFUSED);
  });

  function tagOf(length: number): CborValue {
    return [blobOf(length), 1, 1, 1, 1, 1];
  }

  test("an error code from a newer relay reads as a refusal", () => {
    expect(decodeRelayFrame(encodeCbor([76, null, "LK-RELAY-FROM-TOMORROW", null]))).toMatchObject({
      code: "LK-RELAY-REFUSED",
    });
    expect(decodeRelayFrame(encodeCbor([66, 1, ["LK-RELAY-FROM-TOMORROW"]]))).toMatchObject({
      outcomes: [{ code: "LK-RELAY-REFUSED" }],
    });
  });

  test("a frame of 256 KiB passes and one byte more is refused, both ways", () => {
    const frameOf = (size: number): AnyFrame => ({
      op: "put",
      request: 0,
      entries: [MAX_BLOB_BYTES, MAX_BLOB_BYTES, MAX_BLOB_BYTES, size].map((length) => ({
        entry: blobOf(length),
        pin: null,
      })),
    });
    const overhead = encodeFrame(frameOf(60_000)).length - 60_000;
    const most = encodeFrame(frameOf(MAX_FRAME_BYTES - overhead));
    expect(most.length).toBe(MAX_FRAME_BYTES);
    expect(decodeClientFrame(most)).toMatchObject({ op: "put" });
    expect(() => encodeFrame(frameOf(MAX_FRAME_BYTES - overhead + 1))).toThrow(REFUSED);
    expect(() => decodeClientFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow(REFUSED);
  });
});
