/** The steps of adding a device that ask for something or show something to carry over. */
import { parseCode } from "@latchkey/core/pairing/code";
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { PassphraseField, TextField } from "../parts/field.tsx";
import { QrPicture } from "../parts/qr-picture.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";

/** A user verification for this act alone; whether it is one, the device decides. */
export function VerifyStep({
  title,
  text,
  submit,
  onAnswer,
}: {
  readonly title: string;
  readonly text: string;
  readonly submit: string;
  readonly onAnswer: (passphrase: string) => void;
}) {
  const { unlock } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  return (
    <>
      <ScreenHead title={title} lead={text} />
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          setEmpty(passphrase === "");
          if (passphrase !== "") onAnswer(passphrase);
        }}
      >
        <PassphraseField
          label={unlock.passphrase}
          value={passphrase}
          onValue={setPassphrase}
          problem={isEmpty ? unlock.missing : null}
          input={{ autocomplete: "current-password", autofocus: true }}
        />
        <button type="submit" class="primary">
          {submit}
        </button>
      </form>
    </>
  );
}

/** The invitation: picture and text are the same. `text` null: it is being made. */
export function InvitationStep({
  text,
  modules,
  isLast,
}: {
  readonly text: string | null;
  readonly modules: readonly string[];
  readonly isLast: boolean;
}) {
  const { add } = useWords();
  if (text === null)
    return (
      <>
        <ScreenHead title={add.scanTitle} />
        <p class="progress" role="status">
          {add.preparing}
        </p>
      </>
    );
  return (
    <>
      <ScreenHead title={add.scanTitle} lead={add.scan} />
      <div class="invitation">
        <QrPicture modules={modules} />
        <div class="field">
          <label for="invitation-text">{add.textLabel}</label>
          <textarea id="invitation-text" rows={5} readOnly value={text} spellcheck={false} />
          <CopyButton text={text} label={add.copyText} />
          <p class="hint" role="status">
            {isLast ? add.last : add.renew}
          </p>
        </div>
      </div>
    </>
  );
}

/** Six digits, in one field: typed with spaces or pasted. */
export function CodeStep({
  candidate,
  onAnswer,
}: {
  readonly candidate: { readonly name: string; readonly platform: string; readonly triesLeft: number | null };
  readonly onAnswer: (code: string) => void;
}) {
  const { model } = useApp();
  const { add } = useWords();
  const [text, setText] = useState("");
  const [isMalformed, setMalformed] = useState(false);
  const wrong = candidate.triesLeft === null ? null : add.codeWrong(candidate.triesLeft);
  return (
    <>
      <ScreenHead title={add.codeTitle(candidate.name)} lead={add.codeFrom(candidate.platform)} />
      <form
        class="narrow code-form"
        onSubmit={(event) => {
          event.preventDefault();
          const code = parseCode(text);
          setMalformed(code === null);
          if (code !== null) onAnswer(code);
        }}
      >
        <TextField
          label={add.codeLabel}
          value={text}
          onValue={setText}
          problem={isMalformed ? add.codeForm : wrong}
          input={{ inputMode: "numeric", autocomplete: "one-time-code", autofocus: true, maxLength: 16 }}
        />
        <button type="submit" class="primary">
          {add.codeCheck}
        </button>
      </form>
      <section class="part">
        <p class="hint">{add.codeWords}</p>
        <p class="six-words" lang="en">
          {model.facts.value?.fingerprint}
        </p>
      </section>
    </>
  );
}
