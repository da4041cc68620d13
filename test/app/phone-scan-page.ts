/** Runs in a page: draws a code as a camera would see it, and lets the phone's reader look at it. */
import { createCodeReader } from "@latchkey/web-ui/scan/read-code";

interface Variant {
  readonly turn?: number;
  readonly tilt?: number;
  readonly blur?: number;
  readonly noise?: number;
  readonly dark?: number;
  readonly light?: number;
  readonly size?: number;
}

declare global {
  interface Window {
    readVariant(modules: readonly string[], variant: Variant): Promise<string | null>;
  }
}

const [WIDTH, HEIGHT] = [640, 480];

window.readVariant = async (modules, variant) => {
  const { turn = 0, tilt = 0, blur = 0, noise = 0, dark = 0, light = 255, size = 330 } = variant;
  const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  const grey = (value: number): string => `rgb(${value} ${value} ${value})`;
  pen.fillStyle = grey(light);
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  if (blur > 0) pen.filter = `blur(${blur}px)`;
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.rotate((turn * Math.PI) / 180);
  pen.transform(1, tilt / 2, tilt, 1, 0, 0);
  pen.fillStyle = grey(dark);
  const step = size / modules.length;
  for (const [y, row] of modules.entries())
    for (let x = 0; x < row.length; x++)
      // A little over the edge: no light lines between dark modules.
      if (row[x] === "1") pen.fillRect(x * step - size / 2, y * step - size / 2, step + 0.4, step + 0.4);
  pen.resetTransform();
  if (noise > 0) addNoise(pen, noise);
  return (await createCodeReader()).readFrame(canvas);
};

/** The same each time. */
function addNoise(pen: CanvasRenderingContext2D, noise: number): void {
  const image = pen.getImageData(0, 0, WIDTH, HEIGHT);
  let state = 1;
  for (let i = 0; i < image.data.length; i += 4) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const change = (state / 2_147_483_648 - 0.5) * 2 * noise;
    for (const channel of [0, 1, 2]) image.data[i + channel] = image.data[i + channel]! + change;
  }
  pen.putImageData(image, 0, 0);
}
