/** What surrounds every screen of an open vault: the sections, the state of sync in words, and the way to lock. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../parts/icon.tsx";
import { describeSync } from "../screens/describe-sync.ts";
import { useApp, useWords } from "./app-context.ts";
import { addressOf, type Route } from "./route.ts";

type Section = Exclude<
  Route["screen"],
  "passkey" | "add-device" | "practice" | "moving" | "recovery" | "activity" | "replace"
>;

const SECTIONS: readonly (readonly [Section, IconName])[] = [
  ["passkeys", "key"],
  ["devices", "device"],
  ["sync", "sync"],
  ["trash", "trash"],
  ["settings", "settings"],
  ["about", "about"],
];

/** Of a screen that one comes to from another, that one. */
const WITHIN: Partial<Record<Route["screen"], Section>> = {
  passkey: "passkeys",
  practice: "passkeys",
  "add-device": "devices",
  replace: "devices",
  activity: "settings",
  moving: "settings",
  recovery: "settings",
};
const sectionOf = ({ screen }: Route): Section => WITHIN[screen] ?? (screen as Section);

export function Frame({ children }: { readonly children: ComponentChildren }) {
  const { model, router, commands } = useApp();
  const words = useWords();
  const route = router.route.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const state = describeSync(model, words);

  // A person who came by keyboard or hears the page is told where they are now.
  useLayoutEffect(() => {
    if (!isFirst.current) main.current?.querySelector("h1")?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [addressOf(route)]);

  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {words.app.skip}
      </a>
      <header class="frame-head">
        <a class="brand" href={addressOf({ screen: "passkeys" })}>
          <Icon name="mark" />
          {words.app.name}
        </a>
        <a class={`pill pill-${state.tone}`} href={addressOf({ screen: "sync" })}>
          <Icon name={state.icon} />
          <span aria-live="polite">{state.short}</span>
        </a>
        <button type="button" class="quiet" onClick={() => void commands.lock().catch(() => {})}>
          <Icon name="lock" />
          {words.app.lock}
        </button>
      </header>
      <nav class="frame-nav" aria-label={words.app.menu}>
        <ul>
          {SECTIONS.map(([section, icon]) => (
            <li key={section}>
              <a
                href={addressOf({ screen: section })}
                aria-current={sectionOf(route) === section ? "page" : undefined}
              >
                <Icon name={icon} />
                {words.app[section]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" class="frame-main" data-screen={route.screen} ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
