/**
 * The app's icons, drawn here, on the same grid of 32 as `web-ui/src/style/latchkey.svg`: a rounded square with a keyhole. Each pixel is looked
 * at in 16 places, so edges are smooth.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";

interface IconFile {
  readonly file: string;
  /** Pixels a side. */
  readonly size: number;
  /** `maskable`: the system cuts its own shape, so the colour goes to the edge and the keyhole stays in the middle. */
  readonly purpose: "any" | "maskable";
}

export const ICONS: readonly IconFile[] = [
  { file: "icon-180.png", size: 180, purpose: "any" },
  { file: "icon-192.png", size: 192, purpose: "any" },
  { file: "icon-512.png", size: 512, purpose: "any" },
  { file: "icon-maskable-512.png", size: 512, purpose: "maskable" },
];

const GRID = 32;
const CORNER = 9;
const GREEN = [0x17, 0x62, 0x4f] as const;
const WHITE = [0xff, 0xff, 0xff] as const;
/** Looked at in so many places across and down a pixel. */
const SAMPLES = 4;
/** How much smaller the keyhole of a maskable icon is: all of it lies in the safe circle. */
const SAFE = 0.85;

export function writeIcons(folder: string): void {
  for (const icon of ICONS) writeFileSync(join(folder, icon.file), drawIcon(icon));
}

function drawIcon({ size, purpose }: IconFile): Uint8Array {
  const data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let [hole, plate] = [0, 0];
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const at = (pixel: number, step: number): number => ((pixel + (step + 0.5) / SAMPLES) / size) * GRID;
        const [gx, gy] = [at(x, sample % SAMPLES), at(y, Math.floor(sample / SAMPLES))];
        const scale = purpose === "maskable" ? SAFE : 1;
        if (isKeyhole((gx - GRID / 2) / scale + GRID / 2, (gy - GRID / 2) / scale + GRID / 2)) hole++;
        if (purpose === "maskable" || isPlate(gx, gy)) plate++;
      }
      const all = SAMPLES * SAMPLES;
      const pixel = (y * size + x) * 4;
      for (const channel of [0, 1, 2] as const)
        data[pixel + channel] = GREEN[channel] + ((WHITE[channel] - GREEN[channel]) * hole) / all;
      data[pixel + 3] = (255 * plate) / all;
    }
  }
  return encode({ width: size, height: size, data, channels: 4, depth: 8 });
}

function isPlate(x: number, y: number): boolean {
  const dx = Math.max(CORNER - x, x - (GRID - CORNER), 0);
  const dy = Math.max(CORNER - y, y - (GRID - CORNER), 0);
  return dx * dx + dy * dy <= CORNER * CORNER;
}

/** A circle of radius 5 around 16, 12.5, and a bar of 5 below it down to 24.5. */
const isKeyhole = (x: number, y: number): boolean =>
  (x - 16) ** 2 + (y - 12.5) ** 2 <= 25 || (Math.abs(x - 16) <= 2.5 && y >= 12.5 && y <= 24.5);
