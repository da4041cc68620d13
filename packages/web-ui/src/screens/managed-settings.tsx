/** What an organization has set on this machine: shown in the place of what a person would choose, and not to be changed. */
import { useId } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { ManagedView } from "../model/managed-view.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import type { Words } from "../words/words.ts";

export function ManagedSettings() {
  const view = useApp().model.managed.value;
  const { managed } = useWords().settings;
  const lines = listManaged(view, managed);
  const { problems } = view;
  if (lines.length === 0 && problems.length === 0) return null;
  return (
    <section class="part">
      <h2>
        <Icon name="lock" /> {managed.title}
      </h2>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {lines.length > 0 && <p class="hint">{managed.fixed}</p>}
      {problems.length > 0 && (
        <Notice tone="alarm" icon="warning">
          <p>{managed.problems(problems.length)}</p>
          <ul class="lines">
            {problems.map((problem) => (
              <li key={problem} lang="en" dir="ltr">
                {problem}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}

function listManaged(view: ManagedView, words: Words["settings"]["managed"]): string[] {
  const { autoLockMinutes, forceRelay, maxPageAgeDays, maxDrillAgeDays, logSink } = view;
  const lines = [
    view.disableProvider && words.disableProvider,
    autoLockMinutes !== null && words.autoLock(autoLockMinutes),
    forceRelay !== null && words.forceRelay(forceRelay),
    view.forbidPlainExport && words.forbidPlainExport,
    view.forbidAddingDevices && words.forbidAddingDevices,
    view.requireSecondDevice && words.requireSecondDevice,
    maxPageAgeDays !== null && words.maxPageAge(maxPageAgeDays),
    maxDrillAgeDays !== null && words.maxDrillAge(maxDrillAgeDays),
    logSink !== null && words.logSink(logSink),
  ];
  return lines.filter((line) => line !== false);
}

/** A choice that was made elsewhere. */
export function FixedChoice({ label, text }: { readonly label: string; readonly text: string }) {
  const { managed } = useWords().settings;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} disabled aria-describedby={`${id}-why`}>
        <option>{text}</option>
      </select>
      <p class="hint" id={`${id}-why`}>
        {managed.title}
      </p>
    </div>
  );
}
