/** The camera's picture, until a code is before it: the same on every device that scans one. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import type { CameraProblem } from "../scan/camera.ts";

export function CodeScanner({
  onText,
  onProblem,
  onStop,
}: {
  readonly onText: (text: string) => void;
  readonly onProblem: (problem: CameraProblem) => void;
  readonly onStop: () => void;
}) {
  const { scan } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const stopButton = useRef<HTMLButtonElement>(null);
  // What was pressed to come here is gone, and the keyboard's place with it.
  useLayoutEffect(() => stopButton.current?.focus(), []);
  useEffect(() => {
    const stop = new AbortController();
    void (async () => {
      const { CameraError, scanCode } = await import("../scan/camera.ts");
      try {
        if (video.current !== null) onText(await scanCode(video.current, stop.signal));
      } catch (error) {
        if (!stop.signal.aborted) onProblem(error instanceof CameraError ? error.problem : "none");
      }
    })();
    return () => stop.abort();
  }, []);
  return (
    <>
      <video class="viewfinder" ref={video} playsinline muted aria-label={scan.video} />
      <p class="progress" role="status">
        {scan.looking}
      </p>
      <div class="actions">
        <button type="button" class="plain" ref={stopButton} onClick={onStop}>
          {scan.stop}
        </button>
      </div>
    </>
  );
}
