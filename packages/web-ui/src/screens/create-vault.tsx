/** Making a vault on this machine: its name among the person's devices, and what opens it. */
import { useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { TextField } from "../parts/field.tsx";
import { focusFirstProblem } from "../parts/focus-problem.ts";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { ChoosePassphrase, findPassphraseProblem, NO_PASSPHRASE } from "./choose-passphrase.tsx";

export function CreateVaultForm({ onBack }: { readonly onBack: () => void }) {
  const { model, commands } = useApp();
  const { app, firstRun } = useWords();
  const [name, setName] = useState(model.machine.value);
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const [isTried, setTried] = useState(false);
  const act = useAct();
  const form = useRef<HTMLFormElement>(null);
  const isNameless = name.trim() === "";

  function create(): void {
    setTried(true);
    if (isNameless || findPassphraseProblem(choice) !== null) return focusFirstProblem(form.current);
    void act.run(() => commands.createVault(name, choice.passphrase));
    return undefined;
  }

  if (act.isBusy)
    return (
      <div role="status">
        <h1>{firstRun.createTitle}</h1>
        <p class="progress">{firstRun.creating}</p>
      </div>
    );
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        create();
      }}
    >
      <h1>{firstRun.createTitle}</h1>
      {act.error !== null && (
        <Notice tone="alarm" icon="warning">
          <p role="alert">
            <ErrorNote error={act.error} />
          </p>
        </Notice>
      )}
      <TextField
        label={firstRun.deviceName}
        hint={firstRun.deviceNameHint}
        value={name}
        onValue={setName}
        problem={isTried && isNameless ? firstRun.nameMissing : null}
        input={{ maxLength: 64, autofocus: true }}
      />
      <ChoosePassphrase
        choice={choice}
        onChoice={setChoice}
        problem={isTried ? findPassphraseProblem(choice) : null}
      />
      <div class="actions">
        <button type="submit" class="primary">
          {firstRun.createNow}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {app.back}
        </button>
      </div>
    </form>
  );
}
