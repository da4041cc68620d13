/** A passkey made and used, on this machine alone: what signing in is, and what a site learns by it. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { type LearntView, PRACTICE_SITE } from "../model/vault-view.ts";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { LearntNotice } from "../parts/learnt-notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

export function PracticeScreen() {
  const { model, commands } = useApp();
  const { practice, passkey, app } = useWords();
  const [name, setName] = useState(practice.accountSuggested);
  const [dialog, setDialog] = useState<"make" | "sign-in" | null>(null);
  const [learnt, setLearnt] = useState<LearntView | null>(null);
  const isMade = model.passkeys.value.some(({ site, state }) => site === PRACTICE_SITE && state === "live");
  const close = (): void => setDialog(null);
  return (
    <>
      <a class="back" href={addressOf({ screen: "passkeys" })}>
        <Icon name="back" />
        {passkey.toList}
      </a>
      <ScreenHead title={practice.title} lead={practice.lead} />
      <form
        class="part"
        onSubmit={(event) => {
          event.preventDefault();
          setDialog("make");
        }}
      >
        <h2>{practice.makeTitle}</h2>
        <p>{practice.make}</p>
        <TextField label={practice.account} value={name} onValue={setName} input={{ maxLength: 64 }} />
        <button type="submit" class={isMade ? "plain" : "primary"}>
          {practice.makeNow}
        </button>
      </form>
      {isMade && (
        <section class="part">
          <h2>{practice.signInTitle}</h2>
          <p>{practice.signIn}</p>
          <button type="button" class="primary" onClick={() => setDialog("sign-in")}>
            {practice.signInNow}
          </button>
        </section>
      )}
      <div aria-live="polite">{learnt !== null && <LearntNotice learnt={learnt} words={practice} />}</div>
      {dialog !== null && (
        <VerifiedActDialog
          title={dialog === "make" ? practice.makeTitle : practice.signInTitle}
          text={practice.verify}
          submit={dialog === "make" ? practice.makeNow : practice.signInNow}
          busy={app.working}
          danger={false}
          onClose={close}
          act={async (passphrase) =>
            setLearnt(
              dialog === "make"
                ? await commands.practiseRegister(name, passphrase)
                : await commands.practiseSignIn(passphrase),
            )
          }
        />
      )}
    </>
  );
}
