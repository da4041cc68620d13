/**
 * Draws the invitation as a QR code: a picture for a screen or a file, half-blocks for a terminal. Level M, a quiet zone of four
 * modules and dark on light as ISO/IEC 18004 wants them. What the text says is decided elsewhere (`core/pairing/invitation.ts`);
 * whoever sees the picture has the text.
 */
import { encode } from "fast-png";
import { encodeQR } from "qr";

/** Modules. */
const QUIET_ZONE = 4;
/** Pixels. An invitation has about 53 modules a side: 488 pixels with the quiet zone, over the 4.9 a module that phones need. */
const MODULE_PIXELS = 8;

/** The QR code of `text` as a PNG of one bit a pixel. */
export function renderQrPng(text: string): Uint8Array {
  const modules = encodeModules(text);
  const size = modules.length * MODULE_PIXELS;
  const rowBytes = Math.ceil(size / 8);
  const data = new Uint8Array(rowBytes * size);
  for (let y = 0; y < size; y++) {
    const row = modules[Math.floor(y / MODULE_PIXELS)]!;
    for (let x = 0; x < size; x++) {
      const isLight = row[Math.floor(x / MODULE_PIXELS)] !== true;
      if (isLight) data[y * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return encode({ width: size, height: size, data, channels: 1, depth: 1 });
}

/**
 * The QR code of `text` as lines of half-blocks, two modules a line. The text's colour is taken for light, as on a dark terminal;
 * `invert` is for terminals that write dark on light.
 */
export function renderQrTerminal(
  text: string,
  options: { readonly invert: boolean; readonly ecc?: "medium" | "high" },
): string {
  const modules = encodeModules(text, options.ecc);
  const isDrawn = (x: number, y: number) => (modules[y]?.[x] === true) === options.invert;
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    let line = "";
    for (let x = 0; x < modules.length; x++) line += halfBlock(isDrawn(x, y), isDrawn(x, y + 1));
    lines.push(line);
  }
  return lines.join("\n");
}

function halfBlock(isTop: boolean, isBottom: boolean): string {
  if (isTop) return isBottom ? "█" : "▀";
  return isBottom ? "▄" : " ";
}

/** The QR code of `text` as rows of modules with the quiet zone, for a screen that draws them itself: `1` is dark. */
export const encodeInvitationQr = (text: string): readonly string[] =>
  encodeModules(text).map((row) => row.map((isDark) => (isDark ? "1" : "0")).join(""));

/** The same for a recovery page: level H, so that a code can be read with up to a third of it folded, stained or worn. */
export const encodePageQr = (text: string): readonly string[] =>
  encodeModules(text, "high").map((row) => row.map((isDark) => (isDark ? "1" : "0")).join(""));

/** Rows of modules with the quiet zone, dark is true. */
function encodeModules(text: string, ecc: "medium" | "high" = "medium"): boolean[][] {
  return encodeQR(text, "raw", { ecc, border: QUIET_ZONE });
}
