/** A passphrase for this device: six made words that are shown, or the person's own. Strength is made, not judged. */
import { useEffect, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { PassphraseField } from "../parts/field.tsx";

/** Of an own passphrase: short ones are guessed, whatever the key derivation costs. */
export const MIN_OWN_LENGTH = 12;

export interface PassphraseChoice {
  readonly passphrase: string;
  readonly isOwn: boolean;
  readonly isKept: boolean;
}

export const NO_PASSPHRASE: PassphraseChoice = { passphrase: "", isOwn: false, isKept: false };

/** What is missing, or `null`. */
export function findPassphraseProblem(choice: PassphraseChoice): "short" | "not-kept" | null {
  if (choice.isOwn && choice.passphrase.length < MIN_OWN_LENGTH) return "short";
  return choice.isKept ? null : "not-kept";
}

export function ChoosePassphrase({
  choice,
  onChoice,
  problem,
}: {
  readonly choice: PassphraseChoice;
  readonly onChoice: (choice: PassphraseChoice) => void;
  readonly problem: "short" | "not-kept" | null;
}) {
  const { commands } = useApp();
  const { firstRun } = useWords();
  const [made, setMade] = useState("");

  async function make(): Promise<void> {
    const passphrase = await commands.suggestPassphrase();
    setMade(passphrase);
    onChoice({ passphrase, isOwn: false, isKept: false });
  }
  useEffect(() => void make().catch(() => {}), []);

  return (
    <fieldset class="passphrase">
      <legend>{firstRun.passphrase}</legend>
      {choice.isOwn ? (
        <PassphraseField
          label={firstRun.passphrase}
          hint={firstRun.ownHint}
          value={choice.passphrase}
          onValue={(passphrase) => onChoice({ ...choice, passphrase })}
          problem={problem === "short" ? firstRun.passphraseShort : null}
          input={{ autocomplete: "new-password" }}
        />
      ) : (
        <>
          <p class="hint">{firstRun.passphraseMade}</p>
          <ol class="word-list" lang="en" aria-label={firstRun.passphrase}>
            {made.split(" ").map((word) => (
              <li key={word}>{word}</li>
            ))}
          </ol>
          <div class="actions small">
            <CopyButton text={made} />
            <button type="button" class="plain" onClick={() => void make()}>
              {firstRun.otherWords}
            </button>
          </div>
        </>
      )}
      <button
        type="button"
        class="link"
        onClick={() =>
          onChoice({ passphrase: choice.isOwn ? made : "", isOwn: !choice.isOwn, isKept: choice.isKept })
        }
      >
        {choice.isOwn ? firstRun.madeWords : firstRun.ownWords}
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={choice.isKept}
          aria-invalid={problem === "not-kept"}
          aria-describedby="kept-problem"
          onChange={(event) => onChoice({ ...choice, isKept: event.currentTarget.checked })}
        />
        <span>{firstRun.written}</span>
      </label>
      <p class="problem" id="kept-problem" aria-live="polite">
        {problem === "not-kept" && firstRun.writtenMissing}
      </p>
    </fieldset>
  );
}
