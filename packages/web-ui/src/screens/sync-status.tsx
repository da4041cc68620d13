/** Sync in full (experience.md § 7, U6): each mailbox, what waits or is missing, and what a mailbox sees and does not see. */
import { useApp, useWords } from "../app/app-context.ts";
import type { MailboxView, VaultFacts } from "../model/vault-view.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorNote, Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { useAct } from "../parts/use-act.ts";
import { formatMoment } from "../words/format.ts";
import type { Words } from "../words/words.ts";
import { describeMailbox } from "./describe-sync.ts";

export function SyncStatusScreen() {
  const { model, commands } = useApp();
  const words = useWords();
  const { sync, app } = words;
  const act = useAct();
  const facts = model.facts.value;
  const mailboxes = model.mailboxes.value;
  return (
    <>
      <ScreenHead title={sync.title} lead={sync.lead}>
        {mailboxes.length > 0 && (
          <button type="button" class="plain" onClick={() => void act.run(() => commands.syncNow())}>
            <Icon name="sync" />
            {act.isBusy ? app.working : sync.now}
          </button>
        )}
      </ScreenHead>
      {act.error !== null && (
        <Notice tone="calm" icon="offline">
          <p role="alert">
            <ErrorNote error={act.error} />
          </p>
        </Notice>
      )}
      {facts !== null &&
        listConcerns(facts, words).map((concern) => (
          <Notice key={concern} tone="warning" icon="warning">
            <p>{concern}</p>
          </Notice>
        ))}
      <section class="part">
        <h2>{sync.mailboxes}</h2>
        {mailboxes.length === 0 ? (
          <p>{sync.noMailbox}</p>
        ) : (
          <ul class="cards">
            {mailboxes.map((mailbox) => (
              <MailboxCard key={mailbox.origin} mailbox={mailbox} />
            ))}
          </ul>
        )}
      </section>
      {facts !== null && (
        <section class="part">
          <h2>{sync.fingerprint}</h2>
          <p class="six-words" lang="en">
            {facts.fingerprint}
          </p>
          <p class="hint">{sync.fingerprintHint}</p>
          <p class="hint">{sync.entries(facts.entries)}</p>
        </section>
      )}
      <MailboxSees />
    </>
  );
}

function MailboxCard({ mailbox }: { readonly mailbox: MailboxView }) {
  const { locale } = useApp();
  const words = useWords();
  const isThere = mailbox.state === "settled" || mailbox.state === "joined";
  return (
    <li class="card">
      <span class="tile tile-device">
        <Icon name={isThere ? "check" : mailbox.state === "offline" ? "offline" : "sync"} />
      </span>
      <span class="card-text">
        <strong>{mailbox.origin}</strong>
        <span role="status">{describeMailbox(mailbox, words)}</span>
        <span class="hint">
          {mailbox.settledAt === null
            ? words.sync.never
            : words.sync.lastSettled(formatMoment(mailbox.settledAt, locale.value))}
          {mailbox.problem !== null && ` · ${mailbox.problem}`}
        </span>
      </span>
    </li>
  );
}

/** Two lists that a person can check with `latchkey relay inspect`. */
export function MailboxSees() {
  const { sync } = useWords();
  return (
    <div class="columns">
      <section class="part">
        <h2>{sync.seesTitle}</h2>
        <ul>
          {sync.sees.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section class="part">
        <h2>{sync.seesNotTitle}</h2>
        <ul>
          {sync.seesNot.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function listConcerns(facts: VaultFacts, { sync }: Words): string[] {
  const concerns: readonly (readonly [count: number, text: (count: number) => string])[] = [
    [facts.damagedEntries, sync.damaged],
    [facts.refused, sync.refused],
    [facts.missing, sync.missing],
    [facts.waiting, sync.waiting],
  ];
  return concerns.filter(([count]) => count > 0).map(([count, text]) => text(count));
}
