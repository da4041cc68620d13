/** Which of the old devices are lost: asked when the page has opened the vault, before anything of it is on this one. */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { RestoreFoundView } from "../model/recovery-view.ts";
import { formatDay } from "../words/format.ts";

export interface ChooseLost {
  readonly found: RestoreFoundView;
  /** Ids of devices. */
  readonly answer: (lost: readonly string[]) => void;
}

export function LostDevices({ question: { found, answer } }: { readonly question: ChooseLost }) {
  const { locale } = useApp();
  const { restore: words } = useWords();
  const [lost, setLost] = useState<readonly string[]>([]);
  return (
    <form
      onSubmit={(submitted) => {
        submitted.preventDefault();
        answer(lost);
      }}
    >
      <h1>{words.foundTitle}</h1>
      <p role="status">
        {words.found(found.passkeys)} {!found.isCurrent && words.notCurrent}
      </p>
      <fieldset>
        <legend>{words.lost}</legend>
        <p class="hint">{words.lostHint}</p>
        {found.devices.map(({ id, name, addedOn }) => (
          <label class="check" key={id}>
            <input
              type="checkbox"
              checked={lost.includes(id)}
              onChange={({ currentTarget }) =>
                setLost(currentTarget.checked ? [...lost, id] : lost.filter((each) => each !== id))
              }
            />
            <span>
              <strong dir="auto">{name}</strong> {words.addedOn(formatDay(addedOn, locale.value))}
            </span>
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <button type="submit" class="primary">
          {words.lostGo}
        </button>
      </div>
    </form>
  );
}
