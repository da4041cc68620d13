/** The code comes over: through the camera, as a picture, or as text (experience.md § 7, U3 A). */
import { useState } from "preact/hooks";
import { useWords } from "@latchkey/web-ui/app/app-context";
import { CodeScanner } from "@latchkey/web-ui/parts/code-scanner.tsx";
import { TextField } from "@latchkey/web-ui/parts/field.tsx";
import { Icon } from "@latchkey/web-ui/parts/icon.tsx";
import type { CameraProblem } from "@latchkey/web-ui/scan/camera";
import { usePhoneWords } from "../phone-context.ts";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import { OtherDoors } from "./other-doors.tsx";

type Problem = CameraProblem | "no-code";

export function BringCode({
  onDoor,
  onBack,
}: {
  readonly onDoor: (door: JoinDoor) => void;
  readonly onBack: () => void;
}) {
  const { app, scan } = useWords();
  const { bring } = usePhoneWords();
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
    const { readPicture } = await import("@latchkey/web-ui/scan/read-code");
    const found = await readPicture(file);
    if (found === null) setProblem("no-code");
    else onText(found);
  }

  if (isOther) return <OtherDoors onDoor={onDoor} onBack={() => setOther(false)} />;
  if (isScanning)
    return (
      <>
        <h1>{scan.title}</h1>
        <CodeScanner
          onText={onText}
          onProblem={(found) => {
            setProblem(found);
            setScanning(false);
          }}
          onStop={() => setScanning(false)}
        />
      </>
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
