/**
 * Reads the QR code in a picture file: a screenshot, a photograph, what `renderQrPng` wrote. Any PNG within the bounds of
 * `bounded-png.ts`; transparent pixels count as white paper. What the text says is not judged here (`core/pairing/invitation.ts`).
 */
import { VaultError } from "@latchkey/core/errors";
import { decode, type DecodedPng } from "fast-png";
import { decodeQR } from "qr/decode.js";
import { boundPng } from "./bounded-png.ts";

/** Milliseconds for the decoder's second thoughts about a poor picture; a good one is read in a tenth of a second. */
const SEARCH_MS = 4_000;

/** The text of a QR code in this PNG. Throws `LK-PAIR-MALFORMED` when there is none, or when this is not a PNG within the bounds. */
export function readQrPng(file: Uint8Array): string {
  const bounded = boundPng(file);
  try {
    const png = decode(bounded, { checkCrc: true });
    const image = { width: png.width, height: png.height, data: toRgb(png) };
    return decodeQR(image, { format: "RGB", effort: Infinity, timeLimit: SEARCH_MS });
  } catch (error) {
    throw new VaultError("LK-PAIR-MALFORMED", "picture has no QR code that can be read", { cause: error });
  }
}

/** Three bytes a pixel, whatever the PNG's own form: 1 to 16 bits, grey, colour or palette, with or without alpha. */
function toRgb(png: DecodedPng): Uint8Array {
  const { width, height, channels, palette } = png;
  const sampleAt = sampleReader(png);
  const isGrey = channels < 3;
  const hasAlpha = channels % 2 === 0;
  const rgb = new Uint8Array(width * height * 3);
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = x * channels;
      const entry = palette?.[sampleAt(y, x)];
      const alpha = entry?.[3] ?? (hasAlpha ? sampleAt(y, first + channels - 1) : 255);
      for (let color = 0; color < 3; color++) {
        const value = entry?.[color] ?? sampleAt(y, first + (isGrey ? 0 : color));
        rgb[out++] = 255 - ((255 - value) * alpha) / 255;
      }
    }
  }
  return rgb;
}

/** Reads one sample of a row: a palette's index as it is, any other on a scale to 255. */
function sampleReader({ width, channels, depth, data, palette }: DecodedPng) {
  if (depth === 16) return (y: number, index: number) => data[y * width * channels + index]! >> 8;
  const perByte = 8 / depth;
  const rowBytes = Math.ceil((width * channels) / perByte);
  const max = 2 ** depth - 1;
  const scale = palette === undefined ? 255 / max : 1;
  return (y: number, index: number) => {
    const byte = data[y * rowBytes + Math.floor(index / perByte)]!;
    const shift = 8 - depth * ((index % perByte) + 1);
    return ((byte >> shift) & max) * scale;
  };
}
