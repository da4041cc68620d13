/** What every screen is given: the vault's model, the device's commands, the words of the language, and the way to other screens. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import { type ComponentType, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { DeviceCommands, Place, VaultModel } from "../model/vault-model.ts";
import type { Language, Words } from "../words/words.ts";
import type { NewPage } from "../model/recovery-view.ts";
import type { KnownDevices } from "./known-devices.ts";
import type { Preferences } from "./preferences.ts";
import type { Router } from "./route.ts";

export interface App {
  readonly model: VaultModel;
  readonly commands: DeviceCommands;
  readonly preferences: Preferences;
  readonly knownDevices: KnownDevices;
  readonly router: Router;
  /** A recovery page on its way to paper. Whoever has it has the vault: it is here only while its screen shows it. */
  readonly newPage: Signal<NewPage | null>;
  /** How the person is verified here: by a passphrase that is typed, or by the device itself (finger, face, PIN). */
  readonly verification: ReadonlySignal<Verification>;
  /** A device's own screens for where there is no open vault, in the place of the usual ones. */
  readonly doors: Doors;
  readonly language: ReadonlySignal<Language>;
  /** How days and numbers are written: the browser's own variety of the language, `en-GB`. */
  readonly locale: ReadonlySignal<string>;
  readonly words: ReadonlySignal<Words>;
  /** What a person is told of a failure. */
  readonly describeError: (error: unknown) => ErrorText;
}

export type Verification = "passphrase" | "device";
export type Doors = Partial<Readonly<Record<Place, ComponentType>>>;

export interface ErrorText {
  readonly text: string;
  /** `null` where the next step is the command line's. */
  readonly hint: string | null;
  readonly code: string;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new TypeError("screen is shown outside of the app");
  return app;
}

export const useWords = (): Words => useApp().words.value;
