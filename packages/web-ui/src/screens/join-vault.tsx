/**
 * Joining a vault that another device has (experience.md § 7, U3): the invitation comes over as text or as a picture, then this device
 * shows the code that is typed on the other one.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { Invitation, JoinEvent } from "../model/vault-model.ts";
import { TextField } from "../parts/field.tsx";
import { focusFirstProblem } from "../parts/focus-problem.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { ChoosePassphrase, findPassphraseProblem, NO_PASSPHRASE } from "./choose-passphrase.tsx";

export function JoinVaultForm({ onBack }: { readonly onBack: () => void }) {
  const { model, commands } = useApp();
  const { app, firstRun } = useWords();
  const [name, setName] = useState(model.machine.value);
  const [text, setText] = useState("");
  const [picture, setPicture] = useState<File | null>(null);
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const [isTried, setTried] = useState(false);
  const [event, setEvent] = useState<JoinEvent | null>(null);
  const act = useAct();
  const form = useRef<HTMLFormElement>(null);
  const stop = useRef<AbortController>(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const isNameless = name.trim() === "";
  const isUninvited = text.trim() === "" && picture === null;

  async function readInvitation(): Promise<Invitation> {
    return picture === null ? { text } : { picture: new Uint8Array(await picture.arrayBuffer()) };
  }

  function join(): void {
    setTried(true);
    if (isNameless || isUninvited || findPassphraseProblem(choice) !== null)
      return focusFirstProblem(form.current);
    stop.current = new AbortController();
    setEvent(null);
    void act.run(async () => {
      const plan = { name, passphrase: choice.passphrase, invitation: await readInvitation() };
      await commands.joinVault(plan, setEvent, stop.current.signal);
    });
    return undefined;
  }

  if (act.isBusy) return <Joining event={event} onCancel={() => stop.current.abort()} />;
  return (
    <form
      ref={form}
      onSubmit={(submitted) => {
        submitted.preventDefault();
        join();
      }}
    >
      <h1>{firstRun.joinTitle}</h1>
      {act.error !== null && (
        <Notice tone="alarm" icon="warning">
          <p role="alert">
            <ErrorNote error={act.error} />
          </p>
        </Notice>
      )}
      <fieldset>
        <legend>{firstRun.invitation}</legend>
        <p class="hint">{firstRun.invitationHint}</p>
        <TextField
          label={firstRun.paste}
          value={text}
          onValue={setText}
          problem={isTried && isUninvited ? firstRun.invitationMissing : null}
          input={{ autofocus: true }}
        />
        <label class="file plain">
          <input
            type="file"
            accept="image/png"
            onChange={({ currentTarget }) => setPicture(currentTarget.files?.[0] ?? null)}
          />
          {picture === null ? firstRun.choosePicture : firstRun.pictureChosen(picture.name)}
        </label>
      </fieldset>
      <TextField
        label={firstRun.deviceName}
        hint={firstRun.deviceNameHint}
        value={name}
        onValue={setName}
        problem={isTried && isNameless ? firstRun.nameMissing : null}
        input={{ maxLength: 64 }}
      />
      <ChoosePassphrase
        choice={choice}
        onChoice={setChoice}
        problem={isTried ? findPassphraseProblem(choice) : null}
      />
      <div class="actions">
        <button type="submit" class="primary">
          {firstRun.joinNow}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {app.back}
        </button>
      </div>
    </form>
  );
}

function Joining({ event, onCancel }: { readonly event: JoinEvent | null; readonly onCancel: () => void }) {
  const { app, firstRun } = useWords();
  return (
    <div>
      <h1>{event?.kind === "code" ? firstRun.codeTitle : firstRun.joinTitle}</h1>
      <div role="status">
        {event?.kind === "code" ? (
          <>
            <p class="big-code">{event.code}</p>
            <p>{firstRun.codeVault}</p>
            <p class="six-words" lang="en">
              {event.vaultWords}
            </p>
            <p class="hint">{firstRun.codeVaultHint}</p>
          </>
        ) : (
          <p class="progress">{event === null ? firstRun.joining : firstRun.copying}</p>
        )}
      </div>
      <div class="actions">
        <button type="button" class="plain" onClick={onCancel}>
          {app.cancel}
        </button>
      </div>
    </div>
  );
}
