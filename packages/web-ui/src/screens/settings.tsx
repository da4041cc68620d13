/** Settings: of this browser (language, appearance, when to lock), and of the vault (how new devices come to sign, mailboxes). */
import type { Signal } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { APPEARANCE_CHOICES, IDLE_CHOICES, LANGUAGE_CHOICES } from "../app/preferences.ts";
import { Icon } from "../parts/icon.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { ApprovalSetting } from "./approval-setting.tsx";
import { MailboxForm } from "./mailbox-form.tsx";
import { FixedChoice, ManagedSettings } from "./managed-settings.tsx";

export function SettingsScreen() {
  const { preferences, model, commands } = useApp();
  const { settings, moving, recovery, activity } = useWords();
  const { autoLockMinutes, forceRelay } = model.managed.value;
  const [isAdded, setAdded] = useState(false);
  return (
    <>
      <ScreenHead title={settings.title} />
      <ManagedSettings />
      <section class="part">
        <Choice
          label={settings.language}
          value={preferences.language}
          choices={LANGUAGE_CHOICES}
          describe={(choice) => settings.languages[choice]}
        />
        <Choice
          label={settings.appearance}
          value={preferences.appearance}
          choices={APPEARANCE_CHOICES}
          describe={(choice) => settings.appearances[choice]}
        />
        {autoLockMinutes === null ? (
          <Choice
            label={settings.idle}
            value={preferences.idleMinutes}
            choices={IDLE_CHOICES}
            describe={(choice) => settings.idles(Number(choice))}
          />
        ) : (
          <FixedChoice label={settings.idle} text={settings.idles(autoLockMinutes)} />
        )}
        <p class="hint">{settings.kept}</p>
      </section>
      <ApprovalSetting />
      {model.methods.value.includes("import.run") && (
        <section class="part">
          <h2>{moving.title}</h2>
          <p>
            <a href={addressOf({ screen: "moving" })}>{moving.open}</a>
          </p>
        </section>
      )}
      <section class="part">
        <h2>{recovery.title}</h2>
        <a href={addressOf({ screen: "recovery" })}>{recovery.open}</a>
      </section>
      <section class="part">
        <h2>{activity.title}</h2>
        <a href={addressOf({ screen: "activity" })}>{activity.open}</a>
      </section>
      <section class="part">
        <h2>{settings.mailboxes}</h2>
        {model.mailboxes.value.length > 0 && (
          <ul class="lines">
            {model.mailboxes.value.map(({ origin }) => (
              <li key={origin}>
                {origin}
                {forceRelay === null && (
                  <button
                    type="button"
                    class="icon-only"
                    aria-label={settings.mailboxRemove(origin)}
                    onClick={() => void commands.removeMailbox(origin).catch(() => {})}
                  >
                    <Icon name="close" />
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {forceRelay === null ? (
          <MailboxForm submit={settings.mailboxAdd} onAdded={() => setAdded(true)} />
        ) : (
          <p class="hint">{settings.managed.title}</p>
        )}
        <p role="status">{isAdded && settings.mailboxAdded}</p>
      </section>
    </>
  );
}

function Choice<T extends string>({
  label,
  value,
  choices,
  describe,
}: {
  readonly label: string;
  readonly value: Signal<T>;
  readonly choices: readonly T[];
  readonly describe: (choice: T) => string;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value.value}
        onChange={({ currentTarget }) => (value.value = currentTarget.value as T)}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {describe(choice)}
          </option>
        ))}
      </select>
    </div>
  );
}
