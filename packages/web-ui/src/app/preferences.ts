/** What the person prefers, kept in this browser: nothing of it is a secret, and nothing of it is the vault's. */
import { signal, type Signal } from "@preact/signals";

export const LANGUAGE_CHOICES = ["auto", "en", "de"] as const;
export const APPEARANCE_CHOICES = ["auto", "light", "dark"] as const;
/** Minutes without a key or a pointer after which the vault locks (experience.md § 7, U2: 10). */
export const IDLE_CHOICES = ["5", "10", "30", "60"] as const;

export interface Preferences {
  readonly language: Signal<(typeof LANGUAGE_CHOICES)[number]>;
  readonly appearance: Signal<(typeof APPEARANCE_CHOICES)[number]>;
  /** Where the phone app is served, as the person typed it once. */
  readonly phoneApp: Signal<string>;
  readonly idleMinutes: Signal<(typeof IDLE_CHOICES)[number]>;
}

export function createPreferences(storage: Storage): Preferences {
  /** A choice that this version does not know counts as none. */
  function keep<T extends string>(name: string, choices: readonly T[], standard: T): Signal<T> {
    const stored = storage.getItem(`latchkey-${name}`);
    const kept = signal(choices.find((choice) => choice === stored) ?? standard);
    kept.subscribe((value) => storage.setItem(`latchkey-${name}`, value));
    return kept;
  }
  const phoneApp = signal(storage.getItem("latchkey-phone-app") ?? "");
  phoneApp.subscribe((value) => storage.setItem("latchkey-phone-app", value));
  return {
    phoneApp,
    language: keep("language", LANGUAGE_CHOICES, "auto"),
    appearance: keep("appearance", APPEARANCE_CHOICES, "auto"),
    idleMinutes: keep("idle-minutes", IDLE_CHOICES, "10"),
  };
}
