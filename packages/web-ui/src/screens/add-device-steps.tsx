/** The steps of adding a device that ask for something or show something to carry over. */
import { parseCode } from "@latchkey/core/pairing/code-text";
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { DeviceVerification } from "../parts/device-verification.tsx";
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
  const { verification } = useApp();
  const { unlock } = useWords();
  const isTyped = verification.value === "passphrase";
  const [passphrase, setPassphrase] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  return (
    <>
      <ScreenHead title={title} lead={text} />
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          setEmpty(isTyped && passphrase === "");
          if (!isTyped || passphrase !== "") onAnswer(passphrase);
        }}
      >
        {isTyped ? (
          <PassphraseField
            label={unlock.passphrase}
            value={passphrase}
            onValue={setPassphrase}
            problem={isEmpty ? unlock.missing : null}
            input={{ autocomplete: "current-password", autofocus: true }}
          />
        ) : (
          <DeviceVerification error={null} />
        )}
        <button type="submit" class="primary">
          {submit}
        </button>
      </form>
    </>
  );
}

/** The invitation: picture and text are the same. `app`: where a phone goes; `null` for a computer. */
export function InvitationStep({
  text,
  modules,
  isLast,
  app,
}: {
  readonly text: string;
  readonly modules: readonly string[];
  readonly isLast: boolean;
  readonly app: string | null;
}) {
  const { add, doors } = useWords();
  return (
    <>
      <ScreenHead title={add.scanTitle} lead={app === null ? add.scan : doors.phoneScan} />
      {app !== null && (
        <p>
          {doors.phoneAddress}: <strong>{app}</strong>
        </p>
      )}
      <CodePicture text={text} modules={modules} picture={add.qr} label={add.textLabel}>
        <p class="hint" role="status">
          {isLast ? add.last : add.renew}
        </p>
      </CodePicture>
    </>
  );
}

/** A code as picture and as text. */
export function CodePicture({
  text,
  modules,
  picture,
  label,
  children,
}: {
  readonly text: string;
  readonly modules: readonly string[];
  readonly picture: string;
  readonly label: string;
  readonly children?: ComponentChildren;
}) {
  const { add } = useWords();
  const id = useId();
  return (
    <div class="invitation">
      <QrPicture modules={modules} label={picture} />
      <div class="field">
        <label for={id}>{label}</label>
        <textarea id={id} rows={5} readOnly value={text} spellcheck={false} />
        <CopyButton text={text} label={add.copyText} />
        {children}
      </div>
    </div>
  );
}

/** A number and two words, and where they are good. */
export function WordsStep({ words, mailbox }: { readonly words: string; readonly mailbox: string }) {
  const { doors } = useWords();
  return (
    <>
      <ScreenHead title={doors.wordsTitle} lead={doors.wordsLead} />
      <p class="big-code big-words" lang="en">
        {words}
      </p>
      <section class="part">
        <p>{doors.wordsMailbox}</p>
        <p>
          <strong>{mailbox}</strong>
        </p>
        <p class="hint">{doors.wordsOnce}</p>
      </section>
    </>
  );
}

/** Six digits, in one field: typed with spaces or pasted. */
export function CodeStep({
  candidate,
  isGiving,
  onAnswer,
}: {
  readonly candidate: { readonly name: string; readonly platform: string; readonly triesLeft: number | null };
  /** The candidate's own code was brought here: said in large letters over everything else. */
  readonly isGiving: boolean;
  readonly onAnswer: (code: string) => void;
}) {
  const { model, router } = useApp();
  const { add, app, doors } = useWords();
  const [text, setText] = useState("");
  const [isMalformed, setMalformed] = useState(false);
  const wrong = candidate.triesLeft === null ? null : add.codeWrong(candidate.triesLeft);
  return (
    <div class={isGiving ? "giving" : "stack"}>
      {isGiving ? (
        <>
          <ScreenHead title={doors.givingTitle(candidate.name)} lead={doors.givingLead} />
          <p>{add.codeFrom(candidate.platform)}</p>
        </>
      ) : (
        <ScreenHead title={add.codeTitle(candidate.name)} lead={add.codeFrom(candidate.platform)} />
      )}
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
      {isGiving && (
        <div class="actions">
          <button type="button" class="plain" onClick={() => router.go({ screen: "devices" })}>
            {app.cancel}
          </button>
        </div>
      )}
    </div>
  );
}
