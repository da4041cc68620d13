/** Puts an app together from a device's model and commands; what is the same on every kind of device. */
import { computed } from "@preact/signals";
import { CommandError, type DeviceCommands, type VaultModel } from "../model/vault-model.ts";
import { CATALOGUES, chooseLanguage } from "../words/words.ts";
import type { App, ErrorText } from "./app-context.ts";
import type { KnownDevices } from "./known-devices.ts";
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
}): App {
  const { preferences, languages } = parts;
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
    ...parts,
    language,
    locale: computed(() => languages.find((tag) => tag.startsWith(language.value)) ?? language.value),
    words: computed(() => catalogue.value.words),
    describeError,
  };
}
