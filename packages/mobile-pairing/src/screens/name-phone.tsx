/** The phone's name, and how its copy is unlocked: by the phone's own lock where it can, else by a passphrase. */
import { useEffect, useState } from "preact/hooks";
import { useApp } from "@latchkey/web-ui/app/app-context";
import { CheckedForm } from "@latchkey/web-ui/parts/checked-form.tsx";
import { TextField } from "@latchkey/web-ui/parts/field.tsx";
import { ErrorNote, Notice } from "@latchkey/web-ui/parts/notice.tsx";
import { useAct } from "@latchkey/web-ui/parts/use-act";
import {
  ChoosePassphrase,
  findPassphraseProblem,
  NO_PASSPHRASE,
} from "@latchkey/web-ui/screens/choose-passphrase.tsx";
import type { Protection } from "../device/join.ts";
import { usePhoneWords } from "../phone-context.ts";
import { hasPlatformAuthenticator, makeUnlockCredential } from "../unlock/platform-authenticator.ts";

const MAX_NAME = 64;

export function NamePhone({
  suggested,
  onChosen,
  onBack,
}: {
  readonly suggested: string;
  readonly onChosen: (chosen: { readonly name: string; readonly protection: Protection }) => void;
  readonly onBack: () => void;
}) {
  const { words } = useApp();
  const { name: own, joining } = usePhoneWords();
  const [name, setName] = useState(suggested);
  const [hasLock, setHasLock] = useState(false);
  const [hasNoPrf, setHasNoPrf] = useState(false);
  const [by, setBy] = useState<Protection["by"]>("passphrase");
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const act = useAct();
  useEffect(() => {
    void hasPlatformAuthenticator().then((has) => {
      setHasLock(has);
      if (has) setBy("device");
    });
  }, []);

  function go(): void {
    if (by === "passphrase")
      return onChosen({ name: name.trim(), protection: { by, passphrase: choice.passphrase } });
    void act.run(async () => {
      const credential = await makeUnlockCredential(`${words.value.app.name}: ${name.trim()}`);
      if (credential !== null) {
        const { id: credentialId, output } = credential;
        return onChosen({ name: name.trim(), protection: { by, credentialId, output } });
      }
      setHasNoPrf(true);
      setHasLock(false);
      return setBy("passphrase");
    });
    return undefined;
  }

  return (
    <CheckedForm
      title={own.title}
      isComplete={name.trim() !== "" && (by === "device" || findPassphraseProblem(choice) === null)}
      go={own.next}
      onGo={go}
      onBack={onBack}
    >
      {(isTried) => (
        <>
          <TextField
            label={own.label}
            hint={own.hint}
            value={name}
            onValue={setName}
            problem={isTried && name.trim() === "" ? own.missing : null}
            input={{ maxLength: MAX_NAME }}
          />
          {hasLock && (
            <fieldset>
              <legend>{own.lock}</legend>
              <Way chosen={by} value="device" onChoose={setBy} label={own.byDevice} hint={own.byDeviceHint} />
              <Way
                chosen={by}
                value="passphrase"
                onChoose={setBy}
                label={own.byPassphrase}
                hint={own.byPassphraseHint}
              />
            </fieldset>
          )}
          {hasNoPrf && (
            <Notice tone="warning" icon="lock">
              <p role="status">{own.noPrf}</p>
            </Notice>
          )}
          {by === "passphrase" ? (
            <ChoosePassphrase
              choice={choice}
              onChoice={setChoice}
              problem={isTried ? findPassphraseProblem(choice) : null}
            />
          ) : (
            <p class="hint">{joining.preparing}</p>
          )}
          {act.error !== null && (
            <p class="problem" role="alert">
              <ErrorNote error={act.error} />
            </p>
          )}
        </>
      )}
    </CheckedForm>
  );
}

function Way({
  chosen,
  value,
  onChoose,
  label,
  hint,
}: {
  readonly chosen: Protection["by"];
  readonly value: Protection["by"];
  readonly onChoose: (by: Protection["by"]) => void;
  readonly label: string;
  readonly hint: string;
}) {
  return (
    <label class="check">
      <input type="radio" name="lock" checked={chosen === value} onChange={() => onChoose(value)} />
      <span>
        <strong>{label}</strong>
        <br />
        {hint}
      </span>
    </label>
  );
}
