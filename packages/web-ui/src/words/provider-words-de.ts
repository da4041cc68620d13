/** German texts of the app about Latchkey as a passkey provider of Windows (see `words-en.ts` for the rules). */
import type { PROVIDER_WORDS_EN } from "./provider-words-en.ts";

export const PROVIDER_WORDS_DE: typeof PROVIDER_WORDS_EN = {
  provider: {
    title: "Diese Passkeys von Windows anbieten lassen",
    progress: (done: number, of: number) => `${done} von ${of} Schritten sind getan.`,
    done: "getan",
    toDo: "offen",
    steps: {
      "windows-version": "Windows kann Passkey-Anbieter haben",
      "windows-hello": "Windows Hello ist eingerichtet",
      "windows-registered": "Latchkey ist bei Windows angemeldet",
      "windows-switched-on": "Latchkey ist in den Windows-Einstellungen eingeschaltet",
      enrolled: "Windows Hello öffnet diesen Tresor",
    },
    next: {
      "windows-version": "Installieren Sie die Updates von Windows 11.",
      "windows-hello": "Einstellungen › Konten › Anmeldeoptionen: richten Sie PIN, Finger oder Gesicht ein.",
      "windows-registered": "Das macht Latchkey, wenn Sie es hier einrichten.",
      "windows-switched-on": "Diesen Schalter können nur Sie umlegen, sobald Latchkey eingerichtet ist.",
      enrolled: "Gehört zum Einrichten. Ihre Passphrase öffnet den Tresor weiterhin.",
    },
    setUp: "Mit Windows einrichten",
    setUpTitle: "Latchkey mit Windows einrichten",
    setUpText:
      "Geben Sie Ihre Passphrase ein. Danach fragt Windows zwei- oder dreimal nach Gesicht, Finger oder PIN: einmal, um seinen Schlüssel zu machen, dann zur Probe.",
    settingUp: "Windows fragt jetzt nach Gesicht, Finger oder PIN…",
    switchOn:
      "Einstellungen › Konten › Passkeys › Erweiterte Optionen: schalten Sie Latchkey dort ein. Windows bestätigt es mit Windows Hello.",
    openSettings: "Windows-Einstellungen öffnen",
    waiting: "Wartet auf den Schalter…",
  },
};
