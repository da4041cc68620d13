/** Snapshots: open whole or not at all, and only where the epoch record names them. */
import { describe, expect, test } from "vitest";
import { type CborValue, encodeCbor } from "../../src/cbor/codec.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { sealStream } from "../../src/crypto/stream.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { padBytes } from "../../src/log/padding.ts";
import { hashSnapshot, MAX_SNAPSHOT_BYTES, openSnapshot, sealSnapshot } from "../../src/log/snapshot.ts";
import { OperationSet } from "../../src/vault/operation-set.ts";
import { createSeededRandom } from "../seeded-random.ts";

const random = createSeededRandom(2);
const key = random(32);
const logId = random(16);
const members = [random(300), random(400)];
const applied = new OperationSet().with([
  { device: random(32), session: random(8), number: 1 },
  { device: random(32), session: random(8), number: 7 },
]);

const refusal = (code: ErrorCode) => expect.objectContaining({ code }) as Error;

/** Sealed as it should be, around anything. */
function forge(content: CborValue, padded: number) {
  const bytes = sealStream(key, LABELS.snapshotSeal, [logId], padBytes(encodeCbor(content), padded));
  return { bytes, hash: hashSnapshot(bytes) };
}

describe("a snapshot", () => {
  test.for([1, 1_000, 65_536, 65_537, 200_000])("of %i bytes opens to what was sealed", (length) => {
    const document = random(length);
    const snapshot = sealSnapshot(key, logId, { members, document, applied });
    const opened = openSnapshot(key, logId, snapshot.bytes, snapshot.hash);
    expect(opened).toMatchObject({ members, document });
    expect(opened.applied.encode()).toEqual(applied.encode());
  });

  test("fits its padding at every length", () => {
    for (let length = 1; length < 300; length++) {
      const document = random(length);
      const snapshot = sealSnapshot(key, logId, { members: [], document, applied: new OperationSet() });
      expect(openSnapshot(key, logId, snapshot.bytes, snapshot.hash).document).toEqual(document);
    }
  });

  test("is refused that opens and is not the one which the record names", () => {
    const { bytes } = sealSnapshot(key, logId, { members, document: random(100), applied });
    expect(() => openSnapshot(key, logId, bytes, random(32))).toThrow(refusal("LK-EPOCH-SNAPSHOT"));
  });

  test("of more than 32 MiB is not made and not taken", () => {
    const document = new Uint8Array(MAX_SNAPSHOT_BYTES);
    expect(() => sealSnapshot(key, logId, { members, document, applied })).toThrow(refusal("LK-VAULT-LIMIT"));
    const { bytes, hash } = forge([1, members, new Uint8Array(1), applied.encode()], MAX_SNAPSHOT_BYTES);
    expect(() => openSnapshot(key, logId, bytes, hash)).toThrow(refusal("LK-EPOCH-SNAPSHOT"));
    // 512 chunks, with 17 bytes each and the 24 of the header: 32 MiB to the byte.
    const most = forge([1, members, new Uint8Array(1), applied.encode()], MAX_SNAPSHOT_BYTES - 24 - 512 * 17);
    expect(most.bytes).toHaveLength(MAX_SNAPSHOT_BYTES);
    expect(openSnapshot(key, logId, most.bytes, most.hash).document).toHaveLength(1);
  });

  test.for<[what: string, code: ErrorCode, content: CborValue]>([
    ["of a later version", "LK-VAULT-NEWER", [2, members, random(9), applied.encode()]],
    [
      "with an empty member record",
      "LK-EPOCH-SNAPSHOT",
      [1, [new Uint8Array()], random(9), applied.encode()],
    ],
    ["with a member record too long", "LK-EPOCH-SNAPSHOT", [1, [random(8_193)], random(9), applied.encode()]],
    ["without a document", "LK-EPOCH-SNAPSHOT", [1, members, new Uint8Array(), applied.encode()]],
    ["with one thing more", "LK-EPOCH-SNAPSHOT", [1, members, random(9), applied.encode(), 0]],
  ])("is refused %s, whoever sealed it", ([, code, content]) => {
    const { bytes, hash } = forge(content, 16_384);
    expect(() => openSnapshot(key, logId, bytes, hash)).toThrow(refusal(code));
  });

  test("is refused after any change, cut or exchange of its parts", () => {
    const { bytes, hash } = sealSnapshot(key, logId, { members, document: random(150_000), applied });
    const flipped = bytes.slice();
    flipped[100_000] = (flipped[100_000] as number) ^ 1;
    for (const spoiled of [flipped, bytes.slice(0, -1), bytes.slice(0, 65_577), new Uint8Array(0)]) {
      expect(() => openSnapshot(key, logId, spoiled, hash)).toThrow(
        expect.objectContaining({ code: "LK-EPOCH-SNAPSHOT" }),
      );
    }
    expect(() => openSnapshot(key, random(16), bytes, hash)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SNAPSHOT" }),
    );
    expect(() => openSnapshot(random(32), logId, bytes, hash)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SNAPSHOT" }),
    );
  });
});
