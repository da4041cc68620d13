/** Puts the app into its page: language and appearance on the document, the lock after a while without a hand, the screens in their place. */
import { effect } from "@preact/signals";
import { type ComponentChildren, render } from "preact";
import { directionOf } from "../words/words.ts";
import { type App, AppContext } from "./app-context.ts";
import { startIdleLock } from "./idle-lock.ts";

/** Throws for a page without a place for it. */
export function mountApp(app: App, content: ComponentChildren): void {
  const page = document.documentElement;
  effect(() => {
    page.lang = app.language.value;
    page.dir = directionOf(app.language.value);
    page.dataset["appearance"] = app.preferences.appearance.value;
  });
  startIdleLock(app, () => performance.now());
  const place = document.querySelector("#app");
  if (place === null) throw new Error("page has no place for the app");
  render(<AppContext.Provider value={app}>{content}</AppContext.Provider>, place);
}
