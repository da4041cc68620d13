/** Snapshots: open whole or not at all, and only where the epoch record names them. */
import { describe, expect, test } from "vitest";
import { openSnapshot, sealSnapshot } from "../../src/log/snapshot.ts";
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

describe("a snapshot", () => {
  test.for([1, 1_000, 65_536, 65_537, 200_000])("of %i bytes opens to what was sealed", (length) => {
    const document = random(length);
    const snapshot = sealSnapshot(key, logId, { members, document, applied });
    const opened = openSnapshot(key, logId, snapshot.bytes, snapshot.hash);
    expect(opened).toMatchObject({ members, document });
    expect(opened.applied.encode()).toEqual(applied.encode());
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
