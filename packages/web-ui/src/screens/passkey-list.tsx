/** The list of passkeys, which is home (experience.md § 7, U11): a search, one card a passkey, and what needs a decision above them. */
import { useComputed } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useWords } from "../app/app-context.ts";
import { addressOf } from "../app/route.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { CopiesNotice } from "./copies-notice.tsx";
import { createMatcher, sortPasskeys } from "./find-passkeys.ts";
import { NewDeviceNotices } from "./new-device-notice.tsx";
import { ProbationNotices } from "./probation.tsx";
import { PasskeyCard } from "./passkey-card.tsx";
import { ProviderCard } from "./provider-card.tsx";

/** Cards that are drawn at once; further ones on demand, so that typing stays quick with ten thousand. */
const AT_ONCE = 50;

export function PasskeyListScreen() {
  const { model, language } = useApp();
  const { list } = useWords();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState(AT_ONCE);
  const field = useRef<HTMLInputElement>(null);
  const sorted = useComputed(() =>
    sortPasskeys(
      model.passkeys.value.filter(({ state }) => state !== "deleted"),
      language.value,
    ),
  );
  const found = sorted.value.filter(createMatcher(search));
  useSearchKey(field);

  if (sorted.value.length === 0)
    return (
      <>
        <ScreenHead title={list.title} />
        <Reminders />
        <EmptyList />
      </>
    );
  return (
    <>
      <ScreenHead title={list.title}>
        <p class="hint" role="status">
          {search === "" ? list.count(sorted.value.length) : list.found(found.length)}
        </p>
      </ScreenHead>
      <Reminders />
      <div class="search" role="search">
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          aria-label={list.search}
          placeholder={list.search}
          title={list.searchHint}
          value={search}
          onInput={({ currentTarget }) => {
            setSearch(currentTarget.value);
            setShown(AT_ONCE);
          }}
        />
      </div>
      {found.length === 0 ? (
        <div class="empty">
          <p>{list.nothingFound}</p>
          <button
            type="button"
            class="plain"
            onClick={() => {
              setSearch("");
              field.current?.focus();
            }}
          >
            {list.clearSearch}
          </button>
        </div>
      ) : (
        <ul class="cards" onKeyDown={moveBetweenCards}>
          {found.slice(0, shown).map((passkey) => (
            <PasskeyCard key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {found.length > shown && (
        <button type="button" class="plain wide" onClick={() => setShown(shown + AT_ONCE * 5)}>
          {list.more(found.length - shown)}
        </button>
      )}
    </>
  );
}

/** What wants to be known before anything is searched for; nothing of it blocks. */
function Reminders() {
  const { model } = useApp();
  const { list } = useWords();
  const passkeys = model.passkeys.value;
  const undecided = passkeys.filter(({ conflicts, state }) => conflicts.length > 0 && state === "live");
  const unreadable = passkeys.filter(({ state }) => state === "needs-attention").length;
  const [firstUndecided] = undecided;
  return (
    <>
      <NewDeviceNotices />
      <ProbationNotices />
      <ProviderCard />
      {firstUndecided !== undefined && (
        <Notice tone="warning" icon="warning">
          <p>{list.decisions(undecided.length)}</p>
          <a class="button plain" href={addressOf({ screen: "passkey", id: firstUndecided.id })}>
            {list.decisionsShow}
          </a>
        </Notice>
      )}
      {unreadable > 0 && (
        <Notice tone="calm" icon="about">
          <p>{list.attention(unreadable)}</p>
        </Notice>
      )}
      <CopiesNotice />
    </>
  );
}

function EmptyList() {
  const { model } = useApp();
  const { list } = useWords();
  return (
    <section class="empty">
      <Icon name="key" />
      <h2>{list.emptyTitle}</h2>
      <p>{list.empty}</p>
      {model.methods.value.includes("practice.register") && (
        <>
          <a class="button primary" href={addressOf({ screen: "practice" })}>
            {list.emptyTry}
          </a>
          <p class="hint">
            {list.emptyHow} <code>latchkey ctap</code>
          </p>
        </>
      )}
    </section>
  );
}

/** `/` goes to the search, from wherever one does not type. */
function useSearchKey(field: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches("input, textarea, dialog *");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** ↑ and ↓ go from card to card, beside the usual keys. */
function moveBetweenCards(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>("a.card")];
  const next = cards[cards.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
