/** The code comes over: through the camera, as a picture, or as text (experience.md § 7, U3 A). */
import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "@latchkey/web-ui/app/app-context";
import { TextField } from "@latchkey/web-ui/parts/field.tsx";
import { Icon } from "@latchkey/web-ui/parts/icon.tsx";
import { usePhoneWords } from "../phone-context.ts";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import type { CameraProblem } from "../scan/camera.ts";
import { OtherDoors } from "./other-doors.tsx";

type Problem = CameraProblem | "no-code";

export function BringCode({
  onDoor,
  onBack,
}: {
  readonly onDoor: (door: JoinDoor) => void;
  readonly onBack: () => void;
}) {
  const { app } = useWords();
  const { bring, scan } = usePhoneWords();
  const [isScanning, setScanning] = useState(false);
  const [isOther, setOther] = useState(false);
  const onText = (invitation: string): void => onDoor({ kind: "invitation", text: invitation });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [text, setText] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const texts: Readonly<Record<Problem, string>> = {
    refused: scan.refused,
    none: scan.none,
    "no-code": bring.noCode,
  };

  async function readFile(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    setProblem(null);
    const { readPicture } = await import("../scan/read-code.ts");
    const found = await readPicture(file);
    if (found === null) setProblem("no-code");
    else onText(found);
  }

  if (isOther) return <OtherDoors onDoor={onDoor} onBack={() => setOther(false)} />;
  if (isScanning)
    return (
      <Scanner
        onText={onText}
        onProblem={(found) => {
          setProblem(found);
          setScanning(false);
        }}
        onStop={() => setScanning(false)}
      />
    );
  return (
    <>
      <h1>{bring.title}</h1>
      <p class="lead">{bring.lead}</p>
      <p class="problem" role="alert">
        {problem !== null && texts[problem]}
      </p>
      <button
        type="button"
        class="primary wide"
        onClick={() => {
          setProblem(null);
          setScanning(true);
        }}
      >
        <Icon name="scan" />
        {bring.scan}
      </button>
      <label class="file plain">
        <input
          type="file"
          accept="image/*"
          onChange={({ currentTarget }) => void readFile(currentTarget.files?.[0])}
        />
        {bring.picture}
      </label>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          setEmpty(text.trim() === "");
          if (text.trim() !== "") onText(text.trim());
        }}
      >
        <TextField
          label={bring.paste}
          value={text}
          onValue={setText}
          problem={isEmpty ? bring.empty : null}
        />
        <div class="actions">
          <button type="submit" class="plain">
            {bring.pasteUse}
          </button>
          <button type="button" class="plain" onClick={onBack}>
            {app.back}
          </button>
        </div>
      </form>
      <button type="button" class="link" onClick={() => setOther(true)}>
        {bring.other}
      </button>
    </>
  );
}

function Scanner({
  onText,
  onProblem,
  onStop,
}: {
  readonly onText: (text: string) => void;
  readonly onProblem: (problem: CameraProblem) => void;
  readonly onStop: () => void;
}) {
  const { scan } = usePhoneWords();
  const video = useRef<HTMLVideoElement>(null);
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
      <h1>{scan.title}</h1>
      <video class="viewfinder" ref={video} playsinline muted aria-label={scan.video} />
      <p class="progress" role="status">
        {scan.looking}
      </p>
      <div class="actions">
        <button type="button" class="plain" onClick={onStop}>
          {scan.stop}
        </button>
      </div>
    </>
  );
}
