/** One entry, from made to opened: every flipped byte and every cut is refused, and sizes say nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { sealBytes } from "../../src/crypto/aead.ts";
import { hash } from "../../src/crypto/hash.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { deriveSigningKeyPair, signOperands } from "../../src/crypto/signature.ts";
import { isVaultError } from "../../src/errors.ts";
import { encodeHeader, type EntryKind, makeEntry, NO_ENTRY } from "../../src/log/entry.ts";
import { ENTRY_SIZES, padBytes, padmeLength, unpadBytes } from "../../src/log/padding.ts";
import { SealedEntry } from "../../src/log/verify.ts";
import { createSeededRandom } from "../seeded-random.ts";

const random = createSeededRandom(1);
const signer = deriveSigningKeyPair(random(32));
const stranger = deriveSigningKeyPair(random(32));
const keys = { entryKey: random(32), recordKey: random(32) };
const epochHash = random(32);
const header = { logId: random(16), deviceTag: random(8), seq: 1, prev: NO_ENTRY };

function make(kind: EntryKind, payload: Uint8Array, options: { sealKey?: Uint8Array; seq?: number } = {}) {
  return makeEntry(
    { ...header, seq: options.seq ?? 1 },
    { epochHash, seen: [], kind, payload },
    { sealKey: options.sealKey ?? keys.entryKey, signer },
    random,
  );
}

/** Sealed and signed as it should be, around any body and of any size. */
function forge(body: CborValue, size: number): Uint8Array {
  const head = encodeHeader(header);
  const around =
    encodeCbor([head, new Uint8Array(24), new Uint8Array(size), new Uint8Array(64)]).length - size;
  const padded = padBytes(encodeCbor(body), size - around - 16);
  const { nonce, ciphertext } = sealBytes(keys.entryKey, LABELS.entrySeal, [head], padded, random);
  return encodeCbor([
    head,
    nonce,
    ciphertext,
    signOperands(signer, LABELS.entrySignature, head, nonce, ciphertext),
  ]);
}

const open = (bytes: Uint8Array) => SealedEntry.decode(bytes).verify(signer.publicKey).open(keys, epochHash);

describe("an entry", () => {
  test("opens to what was sealed", () => {
    const made = make("change", new Uint8Array([1, 2, 3]));
    const opened = open(made.bytes);
    expect(opened.payload).toEqual(new Uint8Array([1, 2, 3]));
    expect(opened.kind).toBe("change");
    expect(opened.hash).toEqual(made.hash);
    expect(opened.header).toEqual(header);
  });

  test("has one of four sizes whatever it carries", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_000 }),
        fc.integer({ min: 1, max: 2 ** 40 }),
        (length, seq) => {
          const { bytes } = make("change", new Uint8Array(length), { seq });
          expect(ENTRY_SIZES).toContain(bytes.length);
          expect(open(bytes).payload).toHaveLength(length);
        },
      ),
      { numRuns: process.env["SLOW"] ? 500 : 40 },
    );
  });

  test("has its hash from header, nonce and ciphertext, and names other chains in the order of their tags", () => {
    const tips = [9, 3, 7].map((first) => ({
      deviceTag: new Uint8Array(8).fill(first),
      seq: first,
      hash: random(32),
    }));
    const body = { epochHash, seen: tips, kind: "beacon", payload: null } as const;
    const made = makeEntry(header, body, { sealKey: keys.entryKey, signer }, random);
    const opened = open(made.bytes);
    expect(opened.seen).toEqual(tips.toSorted((a, b) => a.seq - b.seq));
    const [head, nonce, ciphertext] = decodeCbor(made.bytes) as CborValue[];
    expect(made.hash).toEqual(hash(LABELS.entryHash, head!, nonce!, ciphertext!));
    expect(opened.hash).toEqual(made.hash);
  });

  test("takes the next size where there is no room for the mark", () => {
    const sizes = new Set<number>();
    for (let length = 1_700; length < 1_850; length++)
      sizes.add(make("change", new Uint8Array(length)).bytes.length);
    expect([...sizes]).toEqual([2_048, 4_096]);
  });

  test("is refused when it would be too large", () => {
    expect(() => make("change", new Uint8Array(65_536))).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-TOO-LARGE" }),
    );
  });

  test("is refused after any single flipped bit", () => {
    const { bytes, hash } = make("change", new Uint8Array([7]));
    const step = process.env["SLOW"] ? 1 : 13;
    for (let bit = 0; bit < bytes.length * 8; bit += step) {
      const spoiled = bytes.slice();
      spoiled[bit >> 3] = (spoiled[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        open(spoiled);
        expect.fail(`bit ${bit} of an entry was flipped and nobody noticed`);
      } catch (error) {
        if (!isVaultError(error)) throw error;
        expect(error.code).toMatch(/^LK-ENTRY-(MALFORMED|SIGNATURE|SEAL)$/);
      }
    }
    expect(open(bytes).hash).toEqual(hash);
  });

  test("is refused after any cut", () => {
    const { bytes } = make("beacon", new Uint8Array(0));
    for (let length = 0; length < bytes.length; length += 17) {
      expect(() => SealedEntry.decode(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
      );
    }
  });

  test("answers any bytes of a right size with one code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), (start) => {
        const bytes = new Uint8Array(2_048);
        bytes.set(start);
        expect(() => SealedEntry.decode(bytes)).toThrow(
          expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
        );
      }),
    );
  });

  test.for([
    [
      "another device's key",
      () => SealedEntry.decode(make("change", NO_ENTRY).bytes).verify(stranger.publicKey),
      "SIGNATURE",
    ],
    [
      "another epoch",
      () =>
        SealedEntry.decode(make("change", NO_ENTRY).bytes)
          .verify(signer.publicKey)
          .open(keys, new Uint8Array(32)),
      "EPOCH",
    ],
    ["other epoch keys", () => open(make("change", NO_ENTRY, { sealKey: new Uint8Array(32) }).bytes), "SEAL"],
    [
      "a change under the record key",
      () => open(make("change", NO_ENTRY, { sealKey: keys.recordKey }).bytes),
      "MALFORMED",
    ],
    ["a member record under the content key", () => open(make("member", NO_ENTRY).bytes), "MALFORMED"],
  ] as const)("is refused: %s", ([, act, code]) => {
    expect(act).toThrow(expect.objectContaining({ code: `LK-ENTRY-${code}` }));
  });

  test("is refused of another size, whoever signed it", () => {
    const body = [epochHash, [], 2, null];
    expect(open(forge(body, 2_048)).kind).toBe("beacon");
    expect(() => open(forge(body, 3_000))).toThrow(expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }));
    expect(() => open(forge(body, 70_000))).toThrow(expect.objectContaining({ code: "LK-ENTRY-TOO-LARGE" }));
  });

  test("of a kind that nobody knows is refused", () => {
    expect(() => open(forge([epochHash, [], 99, null], 2_048))).toThrow(
      expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
    );
  });

  test.for([
    ["version 2", [2, 1]],
    ["suite 2", [1, 2]],
    ["seq 0", [1, 1, 0]],
  ] as const)("is refused: header of %s", ([, [version, suite, seq = 1]]) => {
    const head = [version, suite, header.logId, header.deviceTag, seq, header.prev];
    const frame = encodeCbor([head, random(24), new Uint8Array(1_000), random(64)]).length;
    const bytes = encodeCbor([head, random(24), new Uint8Array(1_000 + 2_048 - frame), random(64)]);
    expect(() => SealedEntry.decode(bytes)).toThrow(expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }));
  });
});

describe("padding", () => {
  test("comes off as it went on", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 200 }), (content, extra) => {
        expect(unpadBytes(padBytes(content, content.length + extra), "LK-ENTRY-MALFORMED")).toEqual(content);
      }),
    );
  });

  test("without its mark is refused", () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(8), new Uint8Array([1, 2, 3])]) {
      expect(() => unpadBytes(bytes, "LK-ENTRY-MALFORMED")).toThrow(
        expect.objectContaining({ code: "LK-ENTRY-MALFORMED" }),
      );
    }
  });

  test("goes on nothing that has no room for its mark", () => {
    for (const length of [0, 7, 8]) expect(() => padBytes(new Uint8Array(8), length)).toThrow(RangeError);
  });

  test.for([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [9, 10],
    [100, 104],
    [1_000, 1_024],
    [70_000, 71_680],
    [71_680, 71_680],
  ] as const)("by Padmé makes %i bytes %i", ([length, padded]) => {
    expect(padmeLength(length)).toBe(padded);
  });

  test("by Padmé adds at most 12 percent and never takes away", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 25 }), (length) => {
        const padded = padmeLength(length);
        expect(padded).toBeGreaterThanOrEqual(length);
        expect(padded).toBeLessThanOrEqual(Math.ceil(length * 1.12));
        expect(padmeLength(padded)).toBe(padded);
      }),
    );
  });
});
