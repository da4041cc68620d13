/**
 * Joining a vault that another device has (experience.md § 7, U3): the invitation comes over as text or as a picture, then this device
 * shows the code that is typed on the other one.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { JoinDoor, JoinEvent } from "../model/vault-model.ts";
import { CameraField } from "../parts/camera-field.tsx";
import { CheckedForm } from "../parts/checked-form.tsx";
import { TextField } from "../parts/field.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { PictureField } from "../parts/picture-field.tsx";
import { useAct } from "../parts/use-act.ts";
import { CodePicture } from "./add-device-steps.tsx";
import { findPassphraseProblem, NO_PASSPHRASE } from "./choose-passphrase.tsx";
import { isMeetingIncomplete, MeetingFields, NO_MEETING } from "./meeting-fields.tsx";
import { NewDeviceFields } from "./new-device-fields.tsx";

export function JoinVaultForm({ onBack }: { readonly onBack: () => void }) {
  const { model, commands } = useApp();
  const { firstRun, doors } = useWords();
  const [name, setName] = useState(model.machine.value);
  const [way, setWay] = useState<JoinDoor["kind"]>("invitation");
  const [text, setText] = useState("");
  const [meeting, setMeeting] = useState(NO_MEETING);
  const [picture, setPicture] = useState<File | null>(null);
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const [event, setEvent] = useState<JoinEvent | null>(null);
  const act = useAct();
  const stop = useRef<AbortController>(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const isNameless = name.trim() === "";
  const isUninvited = way === "invitation" && text.trim() === "" && picture === null;
  const isNowhere = isMeetingIncomplete(way, meeting);

  async function readDoor(): Promise<JoinDoor> {
    if (way === "words") return { kind: way, ...meeting };
    if (way === "request") return { kind: way, mailbox: meeting.mailbox };
    const code = picture === null ? { text } : { picture: new Uint8Array(await picture.arrayBuffer()) };
    return { kind: way, code };
  }

  function join(): void {
    stop.current = new AbortController();
    setEvent(null);
    void act.run(async () => {
      const plan = { name, passphrase: choice.passphrase, door: await readDoor() };
      await commands.joinVault(plan, setEvent, stop.current.signal);
    });
  }

  if (act.isBusy) return <Joining event={event} onCancel={() => stop.current.abort()} />;
  return (
    <CheckedForm
      title={firstRun.joinTitle}
      isComplete={!isNameless && !isUninvited && !isNowhere && findPassphraseProblem(choice) === null}
      go={firstRun.joinNow}
      onGo={join}
      onBack={onBack}
    >
      {(isTried) => (
        <>
          {act.error !== null && (
            <Notice tone="alarm" icon="warning">
              <p role="alert">
                <ErrorNote error={act.error} />
              </p>
            </Notice>
          )}
          <fieldset>
            <legend>{doors.joinTitle}</legend>
            <JoinWays ways={["invitation", "words", "request"]} way={way} onWay={setWay} />
          </fieldset>
          {way === "invitation" ? (
            <fieldset>
              <legend>{firstRun.invitation}</legend>
              <p class="hint">{firstRun.invitationHint}</p>
              <CameraField onText={setText} />
              <TextField
                label={firstRun.paste}
                value={text}
                onValue={setText}
                problem={isTried && isUninvited ? firstRun.invitationMissing : null}
                input={{ autofocus: true }}
              />
              <PictureField label={firstRun.choosePicture} picture={picture} onPicture={setPicture} />
            </fieldset>
          ) : (
            <MeetingFields way={way} meeting={meeting} onMeeting={setMeeting} isTried={isTried} />
          )}
          <NewDeviceFields
            name={name}
            onName={setName}
            choice={choice}
            onChoice={setChoice}
            isTried={isTried}
          />
        </>
      )}
    </CheckedForm>
  );
}

export function JoinWays({
  ways: offered,
  way,
  onWay,
}: {
  readonly ways: readonly JoinDoor["kind"][];
  readonly way: JoinDoor["kind"];
  readonly onWay: (way: JoinDoor["kind"]) => void;
}) {
  const { doors } = useWords();
  const labels = { invitation: doors.joinInvitation, words: doors.joinWords, request: doors.joinRequest };
  return (
    <>
      {offered.map((value) => (
        <label class="choice" key={value}>
          <input type="radio" name="way" checked={way === value} onChange={() => onWay(value)} />
          <span>{labels[value]}</span>
        </label>
      ))}
      {way === "request" && <p class="hint">{doors.joinRequestHint}</p>}
    </>
  );
}

/** While the other device decides: the code to type there, and whose vault it is. */
export function Joining({
  event,
  onCancel,
}: {
  readonly event: JoinEvent | null;
  readonly onCancel: () => void;
}) {
  const { app, firstRun, doors } = useWords();
  const title =
    event?.kind === "code"
      ? firstRun.codeTitle
      : event?.kind === "request"
        ? doors.ownTitle
        : firstRun.joinTitle;
  return (
    <div class="stack">
      <h1>{title}</h1>
      {event?.kind === "request" && (
        <>
          <p>{doors.ownLead}</p>
          <CodePicture
            text={event.text}
            modules={event.modules}
            picture={doors.ownQr}
            label={doors.ownText}
          />
        </>
      )}
      <div role="status">
        {event?.kind === "request" ? null : event?.kind === "code" ? (
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
