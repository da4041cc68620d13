/** What an organization has set on this machine: shown in the place of what a person would choose, and not to be changed. */
import { useId } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { Icon } from "../parts/icon.tsx";

export function ManagedSettings() {
  const { disableProvider, autoLockMinutes, forceRelay } = useApp().model.managed.value;
  const { managed } = useWords().settings;
  const lines = [
    ...(disableProvider ? [managed.disableProvider] : []),
    ...(autoLockMinutes === null ? [] : [managed.autoLock(autoLockMinutes)]),
    ...(forceRelay === null ? [] : [managed.forceRelay(forceRelay)]),
  ];
  if (lines.length === 0) return null;
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
      <p class="hint">{managed.fixed}</p>
    </section>
  );
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
