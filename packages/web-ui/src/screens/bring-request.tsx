/** The code of a new device, brought to this one: from here alone, never from a link, for it gives the vault away (protocol § 8). */
import { useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import type { AddDeviceDoor } from "../model/vault-model.ts";
import { CameraField } from "../parts/camera-field.tsx";
import { TextField } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { PictureField } from "../parts/picture-field.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";

export function BringRequest({ onDoor }: { readonly onDoor: (door: AddDeviceDoor) => void }) {
  const { doors } = useWords();
  const [text, setText] = useState("");
  const [picture, setPicture] = useState<File | null>(null);
  const [isTried, setTried] = useState(false);
  const isMissing = text.trim() === "" && picture === null;

  async function use(): Promise<void> {
    setTried(true);
    if (isMissing) return;
    const code = picture === null ? { text } : { picture: new Uint8Array(await picture.arrayBuffer()) };
    onDoor({ kind: "request", code });
  }

  return (
    <>
      <ScreenHead title={doors.requestTitle} lead={doors.requestLead} />
      <Notice tone="warning" icon="warning">
        <p>{doors.requestWarning}</p>
      </Notice>
      <form
        class="part"
        onSubmit={(event) => {
          event.preventDefault();
          void use();
        }}
      >
        <CameraField onText={(read) => onDoor({ kind: "request", code: { text: read } })} />
        <TextField
          label={doors.requestText}
          value={text}
          onValue={setText}
          problem={isTried && isMissing ? doors.requestMissing : null}
          input={{ autofocus: true }}
        />
        <PictureField label={doors.requestPicture} picture={picture} onPicture={setPicture} />
        <button type="submit" class="primary">
          {doors.requestGo}
        </button>
      </form>
    </>
  );
}
