/** The steps until the system offers these passkeys (experience.md § 7, U10), for as long as one of them is to be done. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ProviderStepId, ProviderView } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { useAct } from "../parts/use-act.ts";
import { VerifiedActDialog } from "./verified-act-dialog.tsx";

/** Shown only where the device knows such a system. */
export function ProviderCard() {
  return useApp().model.methods.value.includes("provider.steps") ? <Checklist /> : null;
}

function Checklist() {
  const { commands, language } = useApp();
  const { provider } = useWords();
  const [view, setView] = useState<ProviderView | null>(null);
  const look = async (): Promise<void> =>
    commands
      .readProvider(language.value === "de" ? "de" : "en")
      .then(setView)
      .catch(() => {});

  // The person does some of the steps elsewhere, and comes back.
  useEffect(() => {
    const onFocus = (): void => void look();
    onFocus();
    addEventListener("focus", onFocus);
    return () => removeEventListener("focus", onFocus);
  }, [language.value]);

  if (view === null) return null;
  const toDo = view.steps.filter(({ isDone }) => !isDone).map(({ id }) => id);
  if (toDo.length === 0) return null;
  return (
    <Notice tone="calm" icon="key" title={provider.title}>
      <p>{provider.progress(view.steps.length - toDo.length, view.steps.length)}</p>
      <ol class="steps">
        {view.steps.map(({ id, isDone }) => (
          <li key={id}>
            <Icon name={isDone ? "check" : "next"} />
            <span>
              {provider.steps[id]} <span class="unseen">({isDone ? provider.done : provider.toDo})</span>
              {!isDone && <span class="hint">{provider.next[id]}</span>}
            </span>
          </li>
        ))}
      </ol>
      {view.obstacle === null ? (
        <NextStep toDo={toDo} onDone={look} />
      ) : (
        <p>
          {view.obstacle.text}. {view.obstacle.hint}
        </p>
      )}
    </Notice>
  );
}

/** What the app itself can do. */
function NextStep({
  toDo,
  onDone,
}: {
  readonly toDo: readonly ProviderStepId[];
  readonly onDone: () => Promise<void>;
}) {
  const { commands } = useApp();
  const { provider } = useWords();
  const [isAsked, setAsked] = useState(false);
  const act = useAct();
  const waiting = useRef(new AbortController());
  useEffect(() => () => waiting.current.abort(), []);

  if (toDo.some((id) => id !== "windows-switched-on"))
    return (
      <>
        <button type="button" class="plain" onClick={() => setAsked(true)}>
          {provider.setUp}
        </button>
        {isAsked && (
          <VerifiedActDialog
            title={provider.setUpTitle}
            text={provider.setUpText}
            submit={provider.setUp}
            busy={provider.settingUp}
            danger={false}
            onClose={() => setAsked(false)}
            act={async (passphrase) => {
              await commands.setUpProvider(passphrase);
              await onDone();
            }}
          />
        )}
      </>
    );
  return (
    <>
      <p>{provider.switchOn}</p>
      <button
        type="button"
        class="plain"
        aria-disabled={act.isBusy}
        onClick={() => void act.run(() => commands.switchProviderOn(waiting.current.signal).then(onDone))}
      >
        {provider.openSettings}
      </button>
      <p role="status">
        {act.isBusy ? provider.waiting : act.error === null ? "" : <ErrorNote error={act.error} />}
      </p>
    </>
  );
}
