/**
 * Reads the QR code in a picture, from the camera or a file: the browser's own `BarcodeDetector` where it can (Android), else the `qr` library.
 * What the text says is not judged here (`core/pairing/invitation.ts`).
 */
import { decodeQR } from "qr/decode.js";

/** Shape Detection API (WICG); not in TypeScript's library. */
interface Detector {
  detect(image: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = (new (options: { readonly formats: readonly string[] }) => Detector) & {
  getSupportedFormats(): Promise<readonly string[]>;
};

/** Milliseconds for second thoughts about a poor picture of a file; a frame of the camera is followed by another one. */
const SEARCH_MS = 4_000;
/** Pixels a side beyond which a photograph is made smaller before it is searched. */
const MAX_SIDE = 1_600;

export interface CodeReader {
  /** The text of a code in this frame, or `null`. */
  readFrame(canvas: HTMLCanvasElement): Promise<string | null>;
}

export async function createCodeReader(): Promise<CodeReader> {
  const detector = await createDetector();
  return {
    async readFrame(canvas) {
      if (detector !== null) {
        const [found] = await detector.detect(canvas).catch(() => []);
        return found?.rawValue ?? null;
      }
      return search(canvas, {});
    },
  };
}

/** The text of a code in a picture's file, or `null`. */
export async function readPicture(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.round(bitmap.width * scale),
    height: Math.round(bitmap.height * scale),
  });
  const pen = canvas.getContext("2d");
  if (pen === null) return null;
  // Transparent pixels count as white paper.
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return search(canvas, { effort: Infinity, timeLimit: SEARCH_MS });
}

function search(canvas: HTMLCanvasElement, options: Parameters<typeof decodeQR>[1]): string | null {
  const { width, height } = canvas;
  const image = canvas.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, width, height);
  if (image === undefined) return null;
  try {
    return decodeQR({ width, height, data: image.data }, options);
  } catch {
    // "Nothing found" is thrown.
    return null;
  }
}

async function createDetector(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorClass };
  try {
    const formats = (await BarcodeDetector?.getSupportedFormats()) ?? [];
    return BarcodeDetector !== undefined && formats.includes("qr_code")
      ? new BarcodeDetector({ formats: ["qr_code"] })
      : null;
  } catch {
    return null;
  }
}
