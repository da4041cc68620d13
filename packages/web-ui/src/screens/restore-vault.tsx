/**
 * Restoring a vault when every device is gone (experience.md § 7, U8): the page, where the rest of the vault is, then which of the old devices are lost.
 * Its new page is shown where recovery pages are (`recovery.tsx`): this form is gone with the machine's being without a vault.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { RestoreFoundView } from "../model/recovery-view.ts";
import { CheckedForm } from "../parts/checked-form.tsx";
import { TextField } from "../parts/field.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { PageFields, pagesAreTyped } from "../parts/page-fields.tsx";
import { useAct } from "../parts/use-act.ts";
import { findPassphraseProblem, NO_PASSPHRASE } from "./choose-passphrase.tsx";
import { type ChooseLost, LostDevices } from "./lost-devices.tsx";
import { NewDeviceFields } from "./new-device-fields.tsx";

export function RestoreVaultForm({ onBack }: { readonly onBack: () => void }) {
  const { model, commands, newPage, router } = useApp();
  const { restore: words, app } = useWords();
  const [pages, setPages] = useState<readonly string[]>([""]);
  const [mailbox, setMailbox] = useState("");
  const [backup, setBackup] = useState<File | null>(null);
  const [name, setName] = useState(model.machine.value);
  const [choice, setChoice] = useState(NO_PASSPHRASE);
  const [question, setQuestion] = useState<ChooseLost | null>(null);
  const act = useAct();
  const stop = useRef(new AbortController());
  const isRestored = useRef(false);
  useEffect(() => () => void (isRestored.current || stop.current.abort()), []);
  const isNameless = name.trim() === "";
  // A scanned page has the mailbox's address on it.
  const isNowhere = mailbox.trim() === "" && backup === null && !/\shttps?:/i.test(pages.join(" "));

  const chooseLost = (found: RestoreFoundView): Promise<readonly string[]> =>
    new Promise((resolve) => {
      setQuestion({
        found,
        answer(lost) {
          setQuestion(null);
          resolve(lost);
        },
      });
    });

  async function restore(): Promise<void> {
    const plan = { name, passphrase: choice.passphrase, pages, mailbox: mailbox.trim(), backup };
    const onRestored = (): void => {
      isRestored.current = true;
      newPage.value = { kind: "coming" };
      router.go({ screen: "recovery" });
    };
    try {
      const page = await commands.restoreVault(plan, { chooseLost, onRestored }, stop.current.signal);
      newPage.value = { kind: "made", page };
    } catch (error) {
      if (!isRestored.current) throw error;
      newPage.value = { kind: "failed", error };
    }
  }

  if (question !== null) return <LostDevices question={question} />;
  if (act.isBusy)
    return (
      <div class="stack">
        <h1>{words.title}</h1>
        <p class="progress" role="status">
          {words.restoring}
        </p>
        <div class="actions">
          <button type="button" class="plain" onClick={() => stop.current.abort()}>
            {app.cancel}
          </button>
        </div>
      </div>
    );
  return (
    <CheckedForm
      title={words.title}
      isComplete={pagesAreTyped(pages) && !isNowhere && !isNameless && findPassphraseProblem(choice) === null}
      go={words.go}
      onGo={() => {
        stop.current = new AbortController();
        void act.run(restore);
      }}
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
            <legend>{words.page}</legend>
            <PageFields pages={pages} onPages={setPages} isTried={isTried} />
          </fieldset>
          <fieldset>
            <legend>{words.rest}</legend>
            <TextField
              label={words.mailbox}
              hint={words.mailboxHint}
              value={mailbox}
              onValue={setMailbox}
              problem={isTried && isNowhere ? words.restMissing : null}
              input={{ inputMode: "url" }}
            />
            <label class="file plain">
              <input
                type="file"
                onChange={({ currentTarget }) => setBackup(currentTarget.files?.[0] ?? null)}
              />
              {backup === null ? words.backup : words.backupChosen(backup.name)}
            </label>
          </fieldset>
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
