/** The phone app's page: the shell first, with what is known at once; the device comes behind it (`phone.ts`). */
import { signal } from "@preact/signals";
import { AppRoot } from "@latchkey/web-ui/app/app-root.tsx";
import { createApp } from "@latchkey/web-ui/app/create-app";
import { createKnownDevices } from "@latchkey/web-ui/app/known-devices";
import { mountApp } from "@latchkey/web-ui/app/mount-app.tsx";
import { createPreferences } from "@latchkey/web-ui/app/preferences";
import { createRouter } from "@latchkey/web-ui/app/route";
import { createLinkCommands } from "@latchkey/web-ui/link/link-commands";
import { createLiveModel } from "@latchkey/web-ui/model/live-model";
import { readInstallation } from "./installation.ts";
import { startPhone } from "./phone.ts";
import { PhoneContext } from "./phone-context.ts";
import { registerServiceWorker } from "./register-service-worker.ts";
import { ElsewhereScreen, LostCopyScreen } from "./screens/lost-copy.tsx";
import { StartScreen } from "./screens/start.tsx";
import { UnlockPhoneScreen } from "./screens/unlock-phone.tsx";
import { UpdateNotice } from "./screens/update-notice.tsx";
import { adaptWords } from "./words/phone-words.ts";

/** A code that the camera's own app opened. It is taken out of the address and out of the history, and used for nothing. */
function dropOpenedCode(): void {
  if (location.hash === "" || location.hash.startsWith("#/")) return;
  history.replaceState(null, "", location.pathname);
  openedByCode.value = true;
}

const openedByCode = signal(false);
dropOpenedCode();
addEventListener("hashchange", dropOpenedCode);
const model = createLiveModel();
const phone = startPhone(model, (fault) => console.error(fault));
const app = createApp({
  model,
  commands: createLinkCommands(phone.link),
  preferences: createPreferences(localStorage),
  knownDevices: createKnownDevices(model, localStorage),
  router: createRouter(),
  languages: navigator.languages,
  verification: phone.unlockBy,
  doors: {
    "no-vault": StartScreen,
    "lost-copy": LostCopyScreen,
    locked: UnlockPhoneScreen,
    elsewhere: ElsewhereScreen,
  },
  adapt: adaptWords,
});

mountApp(
  app,
  <PhoneContext.Provider
    value={{ phone, installation: readInstallation(), openedByCode, update: registerServiceWorker() }}
  >
    <AppRoot />
    <UpdateNotice />
  </PhoneContext.Provider>,
);
