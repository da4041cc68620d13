/** What the phone's own screens are given beside the app: the phone, its words, and how it was opened. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";
import { useApp } from "@latchkey/web-ui/app/app-context";
import type { Installation } from "./installation.ts";
import type { Phone } from "./phone.ts";
import { PHONE_WORDS } from "./words/phone-words.ts";

export interface PhoneApp {
  readonly phone: Phone;
  readonly installation: Installation;
  /** Whether this page was opened by a code that the camera's own app read. */
  readonly openedByCode: ReadonlySignal<boolean>;
  /** Set once a newer version waits: takes it over and loads the page anew. */
  readonly update: ReadonlySignal<(() => void) | null>;
}

export const PhoneContext = createContext<PhoneApp | null>(null);

export function usePhone(): PhoneApp {
  const phone = useContext(PhoneContext);
  if (phone === null) throw new TypeError("screen is shown outside of the phone app");
  return phone;
}

export const usePhoneWords = () => PHONE_WORDS[useApp().language.value];
