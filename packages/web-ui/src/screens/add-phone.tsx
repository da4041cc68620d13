/**
 * Adding a phone: its browser wants https for the mailbox and for the app itself. Without both this says what is missing and what can be
 * done; a code is never shown that no phone can use (experience.md § 7, U3; § 8).
 */
import { useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import type { AddDeviceDoor } from "../model/vault-model.ts";
import { TextField } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { MailboxForm } from "./mailbox-form.tsx";

/** As an invitation takes it. */
const MAX_ADDRESS = 100;

export function AddPhone({ onDoor }: { readonly onDoor: (door: AddDeviceDoor) => void }) {
  const { model, preferences } = useApp();
  const { doors, add } = useWords();
  const [address, setAddress] = useState(preferences.phoneApp.value);
  const [isTried, setTried] = useState(false);
  const app = address.trim();
  const isUsable = /^https:\/\/[^\s#]+$/.test(app);
  const hasMailbox = model.mailboxes.value.some(({ origin }) => origin.startsWith("https://"));

  function show(): void {
    setTried(true);
    if (!isUsable) return;
    preferences.phoneApp.value = app;
    onDoor({ kind: "code", app });
  }

  if (!hasMailbox)
    return (
      <>
        <ScreenHead title={doors.phoneTitle} lead={doors.phoneLimits} />
        <Notice tone="warning" icon="phone" title={doors.phoneMailbox}>
          <p>{doors.phoneMailboxText}</p>
        </Notice>
        <ol class="choices">
          {doors.phoneChoices.map((choice) => (
            <li key={choice}>{choice}</li>
          ))}
        </ol>
        <p class="hint">{doors.phoneHow}</p>
        <section class="part">
          <MailboxForm submit={add.mailboxUse} onAdded={() => {}} />
        </section>
      </>
    );
  return (
    <>
      <ScreenHead title={doors.phoneTitle} lead={doors.phoneLimits} />
      <form
        class="part"
        onSubmit={(event) => {
          event.preventDefault();
          show();
        }}
      >
        <TextField
          label={doors.phoneApp}
          hint={doors.phoneAppHint}
          value={address}
          onValue={setAddress}
          problem={isTried && !isUsable ? doors.phoneAppMissing : null}
          input={{ inputMode: "url", maxLength: MAX_ADDRESS }}
        />
        <button type="submit" class="primary">
          {doors.phoneGo}
        </button>
      </form>
    </>
  );
}
