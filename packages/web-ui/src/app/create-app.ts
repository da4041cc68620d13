/** Puts an app together from a device's model and commands; what is the same on every kind of device. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { CommandError, type DeviceCommands, type VaultModel } from "../model/vault-model.ts";
import { CATALOGUES, chooseLanguage, type Language, type Words } from "../words/words.ts";
import type { App, Doors, ErrorText, Verification } from "./app-context.ts";
import type { KnownDevices } from "./known-devices.ts";
import type { NewPage } from "../model/recovery-view.ts";
import type { Preferences } from "./preferences.ts";
import type { Router } from "./route.ts";

export function createApp(parts: {
  readonly model: VaultModel;
  readonly commands: DeviceCommands;
  readonly preferences: Preferences;
  readonly knownDevices: KnownDevices;
  readonly router: Router;
  /** What the browser prefers, best first. */
  readonly languages: readonly string[];
  /** Left out: always a passphrase. */
  readonly verification?: ReadonlySignal<Verification>;
  /** Left out: the usual screens everywhere. */
  readonly doors?: Doors;
  /** Texts that are other on this kind of device. */
  readonly adapt?: (words: Words, language: Language) => Words;
}): App {
  const { preferences, languages, adapt = (words) => words } = parts;
  const language = computed(() =>
    preferences.language.value === "auto" ? chooseLanguage(languages) : preferences.language.value,
  );
  const catalogue = computed(() => CATALOGUES[language.value]);

  function describeError(error: unknown): ErrorText {
    const code = error instanceof CommandError ? error.code : "LK-UI-BUG";
    const { errors } = catalogue.value;
    const { text, hint } = errors[code] ?? errors["LK-UI-BUG"] ?? { text: code, hint: "" };
    // Hints that name a command are for the command line.
    return { code, text, hint: hint.includes("`") || hint.includes("--") ? null : hint };
  }

  return {
    verification: signal("passphrase"),
    doors: {},
    newPage: signal<NewPage | null>(null),
    ...parts,
    language,
    locale: computed(() => languages.find((tag) => tag.startsWith(language.value)) ?? language.value),
    words: computed(() => adapt(catalogue.value.words, language.value)),
    describeError,
  };
}
