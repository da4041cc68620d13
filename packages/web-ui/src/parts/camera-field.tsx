/** Reads a code with the camera, within a form that takes it as text or as a picture as well. Where there is no camera it is not offered. */
import { useEffect, useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import type { CameraProblem } from "../scan/camera.ts";
import { hasCamera } from "../scan/has-camera.ts";
import { CodeScanner } from "./code-scanner.tsx";
import { Icon } from "./icon.tsx";

export function CameraField({ onText }: { readonly onText: (text: string) => void }) {
  const { scan } = useWords();
  const [isOffered, setOffered] = useState(false);
  const [isScanning, setScanning] = useState(false);
  const [problem, setProblem] = useState<CameraProblem | null>(null);
  useEffect(() => {
    void hasCamera().then(setOffered);
  }, []);
  if (!isOffered) return null;
  if (isScanning)
    return (
      <CodeScanner
        onText={(text) => {
          setScanning(false);
          onText(text);
        }}
        onProblem={(found) => {
          setProblem(found);
          setScanning(false);
        }}
        onStop={() => setScanning(false)}
      />
    );
  return (
    <>
      <p class="problem" role="alert">
        {problem !== null && scan[problem]}
      </p>
      <button
        type="button"
        class="plain"
        onClick={() => {
          setProblem(null);
          setScanning(true);
        }}
      >
        <Icon name="scan" />
        {scan.begin}
      </button>
    </>
  );
}
