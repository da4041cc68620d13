/** The app on a desktop: the page that the device host serves on loopback, with that host behind it. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { AppContext } from "./app/app-context.ts";
import { AppRoot } from "./app/app-root.tsx";
import { createApp } from "./app/create-app.ts";
import { startIdleLock } from "./app/idle-lock.ts";
import { createKnownDevices } from "./app/known-devices.ts";
import { createPreferences } from "./app/preferences.ts";
import { createRouter } from "./app/route.ts";
import { openHostLink } from "./link/host-link.ts";
import { createLinkCommands } from "./link/link-commands.ts";
import { directionOf } from "./words/words.ts";
import { createLiveModel } from "./model/live-model.ts";

const model = createLiveModel();
const link = openHostLink({ message: (message) => model.apply(message), lost: (why) => model.setPlace(why) });
const app = createApp({
  model,
  commands: createLinkCommands(link),
  preferences: createPreferences(localStorage),
  knownDevices: createKnownDevices(model, localStorage),
  router: createRouter(),
  languages: navigator.languages,
});

const page = document.documentElement;
effect(() => {
  page.lang = app.language.value;
  page.dir = directionOf(app.language.value);
  page.dataset["appearance"] = app.preferences.appearance.value;
});
startIdleLock(app, () => performance.now());

const root = document.querySelector("#app");
if (root === null) throw new Error("page has no place for the app");
render(
  <AppContext.Provider value={app}>
    <AppRoot />
  </AppContext.Provider>,
  root,
);
