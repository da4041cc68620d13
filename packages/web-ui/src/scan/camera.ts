/** The camera, frame by frame, until a code is found. Nothing of it is kept, and nothing leaves the page. */
import { createCodeReader } from "./read-code.ts";

/** `refused`: the person or the browser said no. `none`: there is no camera, or another program has it. */
export type CameraProblem = "refused" | "none";

export class CameraError extends Error {
  readonly problem: CameraProblem;
  constructor(problem: CameraProblem) {
    super(`camera: ${problem}`);
    this.problem = problem;
  }
}

/** Resolves with the text of the first code that comes before the camera. Throws `CameraError`; rejects with the signal's reason at its end. */
export async function scanCode(video: HTMLVideoElement, signal: AbortSignal): Promise<string> {
  const [stream, reader] = await Promise.all([openCamera(), createCodeReader()]);
  try {
    signal.throwIfAborted();
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement("canvas");
    for (;;) {
      await nextFrame(video, signal);
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d", { willReadFrequently: true })?.drawImage(video, 0, 0);
      const text = await reader.readFrame(canvas);
      signal.throwIfAborted();
      if (text !== null) return text;
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function openCamera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } } });
  } catch (error) {
    throw new CameraError(
      error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none",
    );
  }
}

function nextFrame(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onStop = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onStop, { once: true });
    video.requestVideoFrameCallback(() => {
      signal.removeEventListener("abort", onStop);
      resolve();
    });
  });
}
