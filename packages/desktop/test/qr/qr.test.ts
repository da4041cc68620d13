/** QR codes out and back in: as a picture however it was saved, turned or soiled, and as lines in a terminal. Junk is refused. */
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { formatInvitation } from "@latchkey/core/pairing/invitation";
import type { MailboxId } from "@latchkey/core/relay-protocol";
import fc from "fast-check";
import { type BitDepth, decode, encode, type ImageData } from "fast-png";
import { describe, expect, test } from "vitest";
import { isVaultError } from "@latchkey/core/errors";
import { readQrPng } from "../../src/qr/read-qr.ts";
import { renderQrPng, renderQrTerminal } from "../../src/qr/render-qr.ts";

const TEXT = formatInvitation("https://latchkey.app/", {
  relays: [{ origin: "https://relay.example.org", token: null }],
  mailboxId: new Uint8Array(16).fill(0x5a) as MailboxId,
  publicKey: Uint8Array.from({ length: 32 }, (_, i) => i * 7),
  psk: Uint8Array.from({ length: 32 }, (_, i) => i * 13),
});
const png = renderQrPng(TEXT);

/** A grey picture, one byte a pixel. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
}
const original: Picture = (() => {
  const { width, height, data } = decode(png);
  const rowBytes = Math.ceil(width / 8);
  return { width, height, at: (x, y) => ((data[y * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1) * 255 };
})();
const save = ({ width, height, at }: Picture, channels: (grey: number) => number[] = (grey) => [grey]) => {
  const palette = Array.from({ length: 256 }, (_, grey) => channels(grey));
  const count = palette[0]!.length;
  const data = new Uint8Array(width * height * count);
  for (let i = 0; i < width * height; i++)
    data.set(palette[at(i % width, Math.floor(i / width)) & 255]!, i * count);
  return encode({ width, height, data, channels: count, depth: 8 });
};
const scaled = (by: number): Picture => ({
  width: Math.round(original.width * by),
  height: Math.round(original.height * by),
  at: (x, y) =>
    original.at(
      Math.min(original.width - 1, Math.floor(x / by)),
      Math.min(original.height - 1, Math.floor(y / by)),
    ),
});
const codeOf = (file: Uint8Array) => {
  try {
    return readQrPng(file);
  } catch (error) {
    if (isVaultError(error)) return error.code;
    throw error;
  }
};

describe("a QR code in a picture", () => {
  test("comes back as it was written", () => {
    expect(readQrPng(png)).toBe(TEXT);
    expect(readQrPng(renderQrPng("kurz"))).toBe("kurz");
  });

  test("has a quiet zone of four modules and at least five pixels a module", () => {
    const dark = Array.from({ length: original.width }, (_, i) => i).find((i) => original.at(i, i) === 0)!;
    const finder =
      Array.from({ length: original.width }, (_, i) => i).find(
        (i) => i > dark && original.at(i, dark) === 255,
      )! - dark;
    expect(finder % 7).toBe(0);
    expect(finder / 7).toBeGreaterThanOrEqual(5);
    expect(dark).toBe(4 * (finder / 7));
    // 57 modules: version 10.
    expect(original.width).toBeLessThanOrEqual((57 + 8) * (finder / 7));
  });

  const views: readonly (readonly [string, Picture])[] = [
    ["half as large", scaled(0.5)],
    ["larger by an odd factor", scaled(1.37)],
    ["twice as large", scaled(2)],
    ["turned by 90°", { ...original, at: (x, y) => original.at(y, original.width - 1 - x) }],
    [
      "turned by 180°",
      { ...original, at: (x, y) => original.at(original.width - 1 - x, original.height - 1 - y) },
    ],
    ["turned by 270°", { ...original, at: (x, y) => original.at(original.height - 1 - y, x) }],
    ["light on dark", { ...original, at: (x, y) => 255 - original.at(x, y) }],
    ["with little contrast", { ...original, at: (x, y) => 90 + (original.at(x, y) >> 2) }],
    [
      "somewhere on a screen",
      {
        width: 1024,
        height: 768,
        at: (x, y) => {
          const inside = x >= 500 && x < 500 + original.width && y >= 200 && y < 200 + original.height;
          return inside ? original.at(x - 500, y - 200) : 40 + ((x * 7 + y * 3) % 64);
        },
      },
    ],
    [
      "with noise",
      {
        ...original,
        at: (x, y) =>
          Math.min(255, Math.max(0, original.at(x, y) + (((x * 7919 + y * 104_729) * 31) % 121) - 60)),
      },
    ],
    [
      "with a stain",
      { ...original, at: (x, y) => (Math.hypot(x - 260, y - 300) < 30 ? 255 : original.at(x, y)) },
    ],
  ];
  test.for(views)("is read %s", ([, view]) => {
    expect(readQrPng(save(view))).toBe(TEXT);
  });

  const forms: readonly (readonly [string, () => Uint8Array])[] = [
    ["in colour", () => save(original, (grey) => [grey, grey, grey])],
    ["in colour with alpha", () => save(original, (grey) => [grey, grey, grey, 255])],
    ["in grey with alpha", () => save(original, (grey) => [grey, 255])],
    ["with a transparent ground", () => save(original, (grey) => [0, 0, 0, 255 - grey])],
    ["dark blue on yellow", () => save(original, (grey) => (grey === 0 ? [0, 0, 96] : [255, 240, 120]))],
    [
      "with a palette",
      () =>
        saveRaw(
          {
            depth: 8,
            palette: [
              [0, 0, 0],
              [255, 255, 255],
            ],
          },
          (grey) => [grey / 255],
        ),
    ],
    [
      "with a palette of one bit",
      () =>
        saveRaw(
          {
            depth: 1,
            palette: [
              [0, 0, 0],
              [255, 255, 255],
            ],
          },
          (grey) => [grey / 255],
        ),
    ],
    ["with two bits", () => saveRaw({ depth: 2 }, (grey) => [grey === 0 ? 0 : 3])],
    ["with four bits", () => saveRaw({ depth: 4 }, (grey) => [grey === 0 ? 1 : 14])],
    ["with sixteen bits", () => saveRaw({ depth: 16 }, (grey) => [grey * 257])],
  ];
  test.for(forms)("is read %s", ([, file]) => {
    expect(readQrPng(file())).toBe(TEXT);
  });

  /** With rows packed as the form wants them. */
  function saveRaw(form: { depth: BitDepth; palette?: number[][] }, sample: (grey: number) => number[]) {
    const { width, height, at } = original;
    const perByte = form.depth < 8 ? 8 / form.depth : 1;
    const rowBytes = Math.ceil(width / perByte);
    const data = form.depth === 16 ? new Uint16Array(rowBytes * height) : new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const shift = form.depth < 8 ? 8 - form.depth * ((x % perByte) + 1) : 0;
        data[y * rowBytes + Math.floor(x / perByte)]! |= sample(at(x, y))[0]! << shift;
      }
    const image: ImageData = { width, height, data, channels: 1, ...form };
    return encode(image);
  }

  test("is read from a file with a text, a colour profile and an animation that nobody needs", () => {
    const extras = [
      chunk("iCCP", Buffer.concat([Buffer.from("p\0\0"), deflateSync(new Uint8Array(100))])),
      chunk("acTL", new Uint8Array(8)),
    ];
    expect(readQrPng(withChunks(...extras))).toBe(TEXT);
  });
});

describe("a QR code in a terminal", () => {
  test.for([false, true])("is the same code, inverted: %s", (invert) => {
    const lines = renderQrTerminal(TEXT, { invert }).split("\n");
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.join("")).toMatch(/^[█▀▄ ]+$/);
    const isDrawn = (x: number, y: number) => (y % 2 === 0 ? "█▀" : "█▄").includes(lines[y >> 1]![x]!);
    const modules = lines[0]!.length;
    const picture: Picture = {
      width: modules * 5,
      height: modules * 5,
      at: (x, y) => (isDrawn(Math.floor(x / 5), Math.floor(y / 5)) === invert ? 0 : 255),
    };
    expect(readQrPng(save(picture))).toBe(TEXT);
    expect(isDrawn(0, 0)).toBe(!invert);
    expect(isDrawn(4, 4)).toBe(invert);
  });
});

function chunk(type: string, data: Uint8Array): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUint32BE(data.length);
  whole.write(type, 4);
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), 8 + data.length);
  return whole;
}

/** The picture with more chunks after its header. */
const withChunks = (...chunks: Uint8Array[]) =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

/** The picture with these rows, filter bytes included. */
const ofRows = (rows: Uint8Array) =>
  Buffer.concat([png.subarray(0, 33), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())]);

/** The picture with another header: width, height. */
function withSize(width: number, height: number): Uint8Array {
  const file = Buffer.from(png);
  file.writeUint32BE(width, 16);
  file.writeUint32BE(height, 20);
  return file;
}

describe("a picture that is refused", () => {
  const blank: Picture = { width: 200, height: 200, at: () => 255 };
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["nothing", new Uint8Array()],
    ["text", Buffer.from(TEXT)],
    ["a JPEG's beginning", Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex")],
    ["a signature and no more", png.subarray(0, 8)],
    ["a header and no more", png.subarray(0, 33)],
    ["an empty sheet", save(blank)],
    ["stripes", save({ ...blank, at: (x) => ((x >> 3) % 2) * 255 })],
    ["noise", save({ ...blank, at: (x, y) => ((x * 7919 + y * 104_729) * 31) % 256 })],
    ["half a QR code", save({ ...original, width: original.width >> 1 })],
  ];
  test.for(cases)("is %s", ([, file]) => {
    expect(codeOf(file)).toBe("LK-PAIR-MALFORMED");
  });

  const rows = inflateSync(png.subarray(41, 41 + new DataView(png.buffer).getUint32(33)));
  const outOfBounds: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["no pixels", withSize(0, 0), /0 by 0 pixels/],
    ["more pixels than the limit", withSize(65_536, 65_536), /pixels, limit/],
    ["a file over the limit", withChunks(chunk("tEXt", new Uint8Array(16 * 2 ** 20))), /bytes, limit/],
    // The rows of the picture, which a decoder would stop at, and 16 MiB more behind them.
    ["a bomb", ofRows(Buffer.concat([rows, new Uint8Array(2 ** 24)])), /does not inflate/],
  ];
  test.for(outOfBounds)("has %s", ([, file, message]) => {
    expect(() => readQrPng(file)).toThrow(
      expect.objectContaining({ code: "LK-PAIR-MALFORMED", message: expect.stringMatching(message) }),
    );
    expect(readQrPng(ofRows(rows))).toBe(TEXT);
  });

  test("is one cut short, wherever it was cut", () => {
    for (let kept = 0; kept < png.length - 12; kept += 17)
      expect(codeOf(png.subarray(0, kept))).toBe("LK-PAIR-MALFORMED");
  });

  test("is any junk, behind a signature or not, and nothing else is thrown", () => {
    const junk = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(junk, fc.boolean(), (bytes, isSigned) => {
        const file = isSigned ? Buffer.concat([png.subarray(0, 8), bytes]) : bytes;
        expect(codeOf(file)).toBe("LK-PAIR-MALFORMED");
      }),
      { numRuns: process.env["SLOW"] ? 5_000 : 200 },
    );
  });

  test("is one with a flipped byte, or it still says the same", () => {
    const step = process.env["SLOW"] ? 1 : 13;
    for (let at = 0; at < png.length; at += step) {
      const flipped = png.slice();
      flipped[at]! ^= 0x10;
      expect([TEXT, "LK-PAIR-MALFORMED"]).toContain(codeOf(flipped));
    }
  });
});
