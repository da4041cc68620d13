/** Die deutschen Texte, die nur die Handy-App hat (experience.md § 6, § 8). */
import { createPlural } from "@latchkey/web-ui/words/plural";
import type { PHONE_WORDS_EN } from "./phone-words-en.ts";

const plural = createPlural("de");

export const PHONE_WORDS_DE: typeof PHONE_WORDS_EN = {
  start: {
    title: "Dieses Handy zum Tresor hinzufügen",
    lead: "Es bekommt eine vollständige Kopie Ihrer Passkeys: zum Nachsehen, zum Ändern, und damit eines der Geräte verloren gehen darf.",
    honest:
      "Für andere Apps auf diesem Handy kann es nicht anmelden: eine Web-App darf nicht der Passkey-Anbieter des Handys sein. Das tut Ihr PC.",
    begin: "Dieses Handy hinzufügen",
    cleared:
      "War hier schon einmal eine Kopie? Dann hat der Browser sie gelöscht. Ihr Tresor ist auf Ihren anderen Geräten sicher: fügen Sie das Handy neu hinzu.",
  },
  install: {
    title: "Erst installieren",
    why: "Installiert behält Latchkey seine Kopie. Eine Seite in einem Tab darf der Browser nach einigen Tagen ohne Nutzung löschen.",
    button: "Latchkey installieren",
    ios: "Drücken Sie „Teilen“, dann „Zum Home-Bildschirm“, und öffnen Sie Latchkey dort. Fügen Sie das Handy in der installierten App hinzu: App und Tab teilen nicht, was sie aufbewahren.",
    other:
      "Wählen Sie im Menü des Browsers „App installieren“ oder „Zum Startbildschirm“ und öffnen Sie Latchkey dort.",
  },
  opened: {
    title: "Dieser Code wird in Latchkey gelesen",
    text: "Die Kamera-App hat ihn hier geöffnet; verbraucht ist nichts. Installieren Sie Latchkey, öffnen Sie es, drücken Sie „Code scannen“, und scannen Sie den Code noch einmal.",
  },
  name: {
    title: "Name und Sperre dieses Handys",
    label: "Name dieses Handys",
    hint: "Nur Ihre anderen Geräte sehen ihn.",
    missing: "Geben Sie diesem Handy einen Namen.",
    lock: "Wie Latchkey auf diesem Handy geöffnet wird",
    byDevice: "Mit der Sperre des Handys",
    byDeviceHint: "Finger, Gesicht oder PIN, das Handy fragt danach. Nichts zu merken.",
    byPassphrase: "Mit einer Passphrase",
    byPassphraseHint: "Geht auf jedem Handy.",
    next: "Weiter",
    noPrf:
      "Die Sperre dieses Handys kann aus einem Browser heraus keinen Tresor schützen. Wählen Sie eine Passphrase.",
  },
  bring: {
    title: "Den Code herüberholen",
    lead: "Auf Ihrem PC: Geräte, „Gerät hinzufügen“, dann „Ein Handy hinzufügen“. Er zeigt einen Code, der eine Minute gilt.",
    scan: "Code scannen",
    picture: "Ein Bild des Codes wählen",
    paste: "Oder die Einladung einfügen",
    pasteUse: "Mit diesem Text beitreten",
    noCode: "Auf diesem Bild ist kein lesbarer Code. Nehmen Sie es näher und gerade auf.",
    empty: "Fügen Sie die Einladung ein, die Ihr PC als Text zeigt.",
    other: "Ohne Kamera oder Code",
    otherTitle: "Ohne Kamera beitreten",
    join: "Dem Tresor beitreten",
  },
  joining: {
    preparing:
      "Das Handy fragt gleich nach Finger, Gesicht oder PIN, damit es den Tresor später öffnen kann.",
    failed: "Dieses Handy wurde nicht hinzugefügt",
    again: "Noch einmal versuchen",
  },
  unlock: {
    title: "Latchkey ist gesperrt",
    lead: "Ihre Passkeys liegen sicher auf diesem Handy. Nichts davon ist zu sehen, bis Sie es öffnen.",
    byDevice: "Das Handy fragt gleich nach Finger, Gesicht oder PIN.",
    open: "Tresor öffnen",
    opening: "Wird geöffnet …",
    cannot: "Ich kann ihn nicht mehr öffnen",
    cannotText:
      "Wurde die Sperre des Handys neu eingerichtet oder ist die Passphrase weg, dann löschen Sie die Kopie auf diesem Handy und fügen Sie es neu hinzu. Der Tresor auf Ihren anderen Geräten bleibt, wie er ist.",
    erase: "Die Kopie auf diesem Handy löschen",
    eraseAsk:
      "Gelöscht wird nur, was auf diesem Handy ist; Änderungen, die kein anderes Gerät hat, gehen verloren. Danach fügen Sie es neu hinzu.",
    eraseNow: "Diese Kopie löschen",
  },
  lost: {
    title: "Dieses Handy hat seine Kopie verloren",
    text: (count) =>
      plural(count, {
        one: "Der Browser hat gelöscht, was Latchkey hier aufbewahrte. Ihr Tresor ist auf # anderen Gerät sicher.",
        other:
          "Der Browser hat gelöscht, was Latchkey hier aufbewahrte. Ihr Tresor ist auf # anderen Geräten sicher.",
      }),
    next: "Fügen Sie das Handy neu hinzu. Entfernen Sie auf einem anderen Gerät den alten Eintrag des Handys aus der Liste.",
    again: "Dieses Handy neu hinzufügen",
  },
  elsewhere: {
    title: "Latchkey ist in einem anderen Tab offen",
    text: "Nur eine Seite hält den Tresor. Schließen Sie die andere, dann geht es hier von selbst weiter.",
  },
  update: {
    text: "Eine neue Version von Latchkey ist da.",
    reload: "Jetzt laden",
  },
};
