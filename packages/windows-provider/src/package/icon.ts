/**
 * Latchkey's sign in pixels: the shape of `web-ui/src/style/latchkey.svg`, a keyhole on a rounded square, at any size, and PNG (W3C PNG,
 * third edition) around it. Drawn when the package is made, so that no picture has to be kept.
 */
import { crc32, deflateSync } from "node:zlib";

/** The drawing's own measure. */
const SIDE = 32;
const CORNER = 9;
const BACKGROUND = [0x17, 0x62, 0x4f] as const;
const FOREGROUND = [0xff, 0xff, 0xff] as const;
/** Looks per pixel, each way. */
const SAMPLES = 4;

/** Whether a point is in a square with round corners. */
function isInTile(x: number, y: number): boolean {
  const inside = SIDE / 2 - CORNER;
  const dx = Math.max(Math.abs(x - SIDE / 2) - inside, 0);
  const dy = Math.max(Math.abs(y - SIDE / 2) - inside, 0);
  return dx * dx + dy * dy <= CORNER * CORNER;
}

const isInKeyhole = (x: number, y: number): boolean =>
  (x - 16) ** 2 + (y - 12.5) ** 2 <= 25 || (x >= 13.5 && x <= 18.5 && y >= 12.5 && y <= 24.5);

/** A PNG of `size` × `size` pixels with transparent corners. */
export function drawIcon(size: number): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      drawPixel(rows, row * (1 + size * 4) + 1 + column * 4, column, row, SIDE / size);
    }
  }
  return encodePng(size, rows);
}

function drawPixel(rows: Buffer, at: number, column: number, row: number, scale: number): void {
  let tile = 0;
  let keyhole = 0;
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) * scale;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * scale;
    if (!isInTile(x, y)) continue;
    tile++;
    if (isInKeyhole(x, y)) keyhole++;
  }
  for (let channel = 0; channel < 3; channel++) {
    const [back, front] = [BACKGROUND[channel] as number, FOREGROUND[channel] as number];
    rows[at + channel] = tile === 0 ? 0 : Math.round(back + ((front - back) * keyhole) / tile);
  }
  rows[at + 3] = Math.round((tile * 255) / (SAMPLES * SAMPLES));
}

/** Eight bits each of red, green, blue and alpha. */
function encodePng(size: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
