/** The app on a desktop: the page that the device host serves on loopback, with that host behind it. */
import { AppRoot } from "./app/app-root.tsx";
import { createApp } from "./app/create-app.ts";
import { createKnownDevices } from "./app/known-devices.ts";
import { mountApp } from "./app/mount-app.tsx";
import { createPreferences } from "./app/preferences.ts";
import { createRouter } from "./app/route.ts";
import { openHostLink } from "./link/host-link.ts";
import { createLinkCommands } from "./link/link-commands.ts";
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

mountApp(app, <AppRoot />);
