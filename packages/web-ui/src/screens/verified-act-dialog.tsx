/**
 * A dialog for an act that wants a user verification of its own: what it does, the passphrase, and what went wrong. What is kept until there
 * is contact went well: `kept-intents.tsx` says of it that it waits.
 */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CommandError } from "../model/vault-model.ts";
import { Dialog } from "../parts/dialog.tsx";
import { PassphraseField } from "../parts/field.tsx";
import { DeviceVerification } from "../parts/device-verification.tsx";
import { ErrorNote } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";

export function VerifiedActDialog({
  title,
  text,
  submit,
  busy,
  danger = true,
  onClose,
  act: perform,
}: {
  readonly title: string;
  readonly text: string;
  readonly submit: string;
  /** What is going on meanwhile. */
  readonly busy: string;
  /** Whether something is lost by it. */
  readonly danger?: boolean;
  readonly onClose: () => void;
  readonly act: (passphrase: string) => Promise<void>;
}) {
  const { verification } = useApp();
  const { unlock } = useWords();
  const isTyped = verification.value === "passphrase";
  const [passphrase, setPassphrase] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const act = useAct();

  async function run(): Promise<void> {
    setEmpty(isTyped && passphrase === "");
    if ((!isTyped || passphrase !== "") && (await act.run(() => performOrKeep()))) onClose();
  }

  async function performOrKeep(): Promise<void> {
    try {
      await perform(passphrase);
    } catch (error) {
      if (!(error instanceof CommandError && error.code === "LK-EPOCH-INTENDED")) throw error;
    }
  }

  return (
    <Dialog title={title} submit={submit} danger={danger} onClose={onClose} onSubmit={() => void run()}>
      <p>{text}</p>
      {isTyped ? (
        <PassphraseField
          label={unlock.passphrase}
          value={passphrase}
          onValue={setPassphrase}
          problem={isEmpty ? unlock.missing : act.error === null ? null : <ErrorNote error={act.error} />}
          input={{ autocomplete: "current-password", autofocus: true }}
        />
      ) : (
        <DeviceVerification error={act.error} />
      )}
      <p class={act.isBusy ? "progress" : "unseen"} role="status">
        {act.isBusy && busy}
      </p>
    </Dialog>
  );
}
