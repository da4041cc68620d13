/** Chooses what is shown: a door while there is no vault to see, else the frame with one screen in it. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { AboutScreen } from "../screens/about.tsx";
import { ActivityScreen } from "../screens/activity.tsx";
import { AddDeviceScreen } from "../screens/add-device.tsx";
import { DevicesScreen } from "../screens/devices.tsx";
import { ConnectingScreen, EndedScreen, NoKeyScreen } from "../screens/door.tsx";
import { FirstRunScreen } from "../screens/first-run.tsx";
import { MovingScreen } from "../screens/moving.tsx";
import { PasskeyDetailScreen } from "../screens/passkey-detail.tsx";
import { PasskeyListScreen } from "../screens/passkey-list.tsx";
import { PracticeScreen } from "../screens/practice.tsx";
import { RecoveryScreen } from "../screens/recovery.tsx";
import { ReplaceScreen } from "../screens/replace.tsx";
import { SettingsScreen } from "../screens/settings.tsx";
import { SiteRequestScreen } from "../screens/site-request.tsx";
import { SyncStatusScreen } from "../screens/sync-status.tsx";
import { TrashScreen } from "../screens/trash.tsx";
import { UnlockScreen } from "../screens/unlock.tsx";
import { useApp } from "./app-context.ts";
import { Frame } from "./frame.tsx";
import type { Route } from "./route.ts";

export function AppRoot() {
  const { model, router, words, doors } = useApp();
  const place = model.place.value;
  useEffect(() => {
    const { name, titleOpen, titleLocked } = words.value.app;
    document.title =
      place === "open" ? `${name} – ${titleOpen}` : place === "locked" ? `${name} – ${titleLocked}` : name;
  }, [place, words.value]);
  const request = model.request.value;
  if (request !== null) return <SiteRequestScreen key={request.id} request={request} />;
  const Own = doors[place];
  if (Own !== undefined) return <Own />;
  switch (place) {
    case "connecting":
    case "elsewhere":
    case "lost-copy":
      return <ConnectingScreen />;
    case "no-key":
      return <NoKeyScreen />;
    case "ended":
      return <EndedScreen />;
    case "no-vault":
      return <FirstRunScreen />;
    case "locked":
      return <UnlockScreen />;
    case "open":
      return model.facts.value === null ? (
        <ConnectingScreen />
      ) : (
        <Frame>{screenOf(router.route.value)}</Frame>
      );
  }
}

function screenOf(route: Route): ComponentChildren {
  switch (route.screen) {
    case "passkey":
      return <PasskeyDetailScreen key={route.id} id={route.id} />;
    case "passkeys":
      return <PasskeyListScreen />;
    case "devices":
      return <DevicesScreen />;
    case "add-device":
      return <AddDeviceScreen />;
    case "sync":
      return <SyncStatusScreen />;
    case "trash":
      return <TrashScreen />;
    case "settings":
      return <SettingsScreen />;
    case "moving":
      return <MovingScreen />;
    case "recovery":
      return <RecoveryScreen />;
    case "practice":
      return <PracticeScreen />;
    case "activity":
      return <ActivityScreen />;
    case "replace":
      return <ReplaceScreen />;
    case "about":
      return <AboutScreen />;
  }
}
