/** A QR code as a picture: dark on light in every theme, for that is what cameras read. */
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { Icon } from "./icon.tsx";

/** Pixels of the picture a module: sharp on a screen of twice the density, readable in a saved file. */
const MODULE_PIXELS = 8;

export function QrPicture({
  modules,
  label,
  canSave = true,
}: {
  readonly modules: readonly string[];
  readonly label: string;
  /** Offers the picture as a file. */
  readonly canSave?: boolean;
}) {
  const { add } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = modules.length * MODULE_PIXELS;
  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (pen == null) return;
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, size, size);
    pen.fillStyle = "#000000";
    for (const [y, row] of modules.entries()) {
      for (let x = 0; x < row.length; x++)
        if (row[x] === "1") pen.fillRect(x * MODULE_PIXELS, y * MODULE_PIXELS, MODULE_PIXELS, MODULE_PIXELS);
    }
  }, [modules]);

  const save = (): void =>
    canvas.current?.toBlob((picture) => {
      if (picture === null) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(picture);
      link.download = "latchkey-code.png";
      link.click();
      URL.revokeObjectURL(link.href);
    });

  return (
    <div class="qr">
      <canvas ref={canvas} width={size} height={size} role="img" aria-label={label} />
      {canSave && (
        <button type="button" class="plain" onClick={save}>
          <Icon name="copy" />
          {add.savePicture}
        </button>
      )}
    </div>
  );
}
