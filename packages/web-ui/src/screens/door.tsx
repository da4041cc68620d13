/** What is shown while there is no device to speak with: quiet, and with the way in. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { Icon } from "../parts/icon.tsx";

/** One card in the middle of the page, under the name of the program. Whoever comes by keyboard is where it begins. */
export function Door({ children }: { readonly children: ComponentChildren }) {
  const { app } = useWords();
  const card = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (card.current?.contains(document.activeElement) !== true) card.current?.focus();
  }, []);
  return (
    <div class="door">
      <header class="brand">
        <Icon name="mark" />
        {app.name}
      </header>
      <main class="door-card" ref={card} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

export function ConnectingScreen() {
  const { door } = useWords();
  return (
    <Door>
      <h1>{door.connecting}</h1>
    </Door>
  );
}

export function NoKeyScreen() {
  const { door } = useWords();
  return (
    <Door>
      <h1>{door.noKeyTitle}</h1>
      <p>{door.noKey}</p>
      <p>{door.noKeyNext}</p>
      <pre>latchkey up --open</pre>
    </Door>
  );
}

export function EndedScreen() {
  const { door } = useWords();
  return (
    <Door>
      <h1>{door.endedTitle}</h1>
      <p role="status">{door.ended}</p>
      <pre>latchkey up --open</pre>
    </Door>
  );
}
