/** Making a vault on this machine: its name among the person's devices, and what opens it. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CheckedForm } from "../parts/checked-form.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { findPassphraseProblem, NO_PASSPHRASE } from "./choose-passphrase.tsx";
import { NewDeviceFields } from "./new-device-fields.tsx";

export function CreateVaultForm({ onBack }: { readonly onBack: () => void }) {
  const { model, commands } = useApp();
  const { firstRun } = useWords();
  const [name, setName] = useState(model.machine.value);
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const act = useAct();
  const isNameless = name.trim() === "";

  function create(): void {
    void act.run(() => commands.createVault(name, choice.passphrase));
  }

  if (act.isBusy)
    return (
      <div role="status">
        <h1>{firstRun.createTitle}</h1>
        <p class="progress">{firstRun.creating}</p>
      </div>
    );
  return (
    <CheckedForm
      title={firstRun.createTitle}
      isComplete={!isNameless && findPassphraseProblem(choice) === null}
      go={firstRun.createNow}
      onGo={create}
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
          <NewDeviceFields
            name={name}
            onName={setName}
            choice={choice}
            onChoice={setChoice}
            isTried={isTried}
            autofocus
          />
        </>
      )}
    </CheckedForm>
  );
}
