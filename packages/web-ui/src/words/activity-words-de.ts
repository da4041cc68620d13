/** German: what was done with the vault, and what is to be replaced after a device was lost. */
import type { ACTIVITY_WORDS_EN } from "./activity-words-en.ts";
import { createPlural } from "./plural.ts";

const plural = createPlural("de");

export const ACTIVITY_WORDS_DE: typeof ACTIVITY_WORDS_EN = {
  activity: {
    title: "Aktivität",
    lead: "Was mit dem Tresor getan wurde, auf jedem Gerät. Jedes Gerät signiert seine Zeilen; die der anderen kommen etwa einmal am Tag an.",
    open: "Zeigen, was mit dem Tresor getan wurde",
    device: "Gerät",
    kind: "Was",
    all: "Alle",
    none: "In den letzten 90 Tagen wurde nichts dergleichen getan, oder es ist noch nicht angekommen.",
    whole: (lines) =>
      plural(lines, {
        one: "# Eintrag, lückenlos, soeben geprüft.",
        other: "# Einträge, lückenlos, soeben geprüft.",
      }),
    brokenTitle: (name) => `Das Protokoll von ${name} ist nicht heil`,
    broken: (problems) =>
      plural(problems, {
        one: "Eine Zeile fehlt oder wurde geändert.",
        other: "# Zeilen fehlen oder wurden geändert.",
      }),
    brokenHint: "„latchkey audit verify“ nennt jede davon.",
    unknownDevice: "ein Gerät, das es nicht mehr gibt",
    unknownPasskey: "ein Passkey, der nicht mehr im Tresor ist",
    passkey: (site, user) => (user === null ? site : `${site} als ${user}`),
    on: (device, moment) => `auf ${device}, ${moment}`,
    kinds: {
      unlock: () => "Tresor geöffnet",
      create: (passkey) => `Passkey angelegt: ${passkey}`,
      "sign-in": (passkey) => `Angemeldet: ${passkey}`,
      denied: () => "Eine Anmeldung wurde abgelehnt",
      edit: (passkey) => `Geändert: ${passkey}`,
      delete: (passkey) => `In den Papierkorb gelegt: ${passkey}`,
      restore: (passkey) => `Aus dem Papierkorb geholt: ${passkey}`,
      purge: (passkey) => `Endgültig gelöscht: ${passkey}`,
      backup: () => "Versiegelte Sicherung angelegt",
      "device-added": (_, device) => `Gerät hinzugefügt: ${device}`,
      "device-removed": (_, device) => `Gerät entfernt: ${device}`,
      "device-approved": (_, device) => `Durfte sich von da an anmelden: ${device}`,
      "page-made": () => "Wiederherstellungsseite angelegt",
      "page-tested": () => "Wiederherstellungsseite geprüft",
      "page-used": () => "Tresor mit der Wiederherstellungsseite geöffnet",
      "keys-changed": () => "Schlüssel des Tresors gewechselt",
      "settings-changed": () => "Eine Einstellung geändert",
      "policy-changed": () => "Die Vorgaben der Organisation haben sich geändert",
      "provider-on": () => "Latchkey in Windows eingeschaltet",
      "provider-off": () => "Latchkey in Windows ausgeschaltet",
    },
    counted: {
      "unlock-failed": (count) =>
        plural(count, {
          one: "# falsche Passphrase vor der richtigen",
          other: "# falsche Passphrasen vor der richtigen",
        }),
      import: (count) => plural(count, { one: "# Passkey importiert", other: "# Passkeys importiert" }),
      export: (count) => plural(count, { one: "# Passkey exportiert", other: "# Passkeys exportiert" }),
    },
    other: (kind) => `Etwas, wofür diese Version keine Worte hat: ${kind}`,
  },
  replace: {
    title: (device) => `Ersetzen, was auf ${device} war`,
    left: (open, total) =>
      `${open} von ${total} sind noch zu ersetzen. Bis dahin funktionieren sie auf jenem Gerät.`,
    allDone: (total) =>
      plural(total, { one: "Der eine Passkey ist ersetzt.", other: "Alle # Passkeys sind ersetzt." }),
    steps:
      "Bei jeder Website: hier anmelden, einen neuen Passkey anlegen, ausprobieren, den alten aus dem Konto entfernen. Dann hier abhaken.",
    kept: "Wie weit Sie sind, steht im Tresor: Jedes Ihrer Geräte macht weiter.",
    found: "Wieder gefunden? Fügen Sie es wie ein neues Gerät hinzu. Von selbst kommt es nicht zurück.",
    noticeTitle: (device) => `${device} ist verloren`,
    notice: (open) =>
      plural(open, {
        one: "Es hat vielleicht noch # Passkey, der zu ersetzen ist.",
        other: "Es hat vielleicht noch # Passkeys, die zu ersetzen sind.",
      }),
    go: "Der Reihe nach durchgehen",
    reasons: {
      mail: "Mail",
      domain: "Domain",
      bank: "Geld",
      work: "Arbeit",
      favourite: "Favorit",
      "used-there": "auf jenem Gerät benutzt",
    },
    done: "Ersetzt",
    gone: "Im Papierkorb",
    markDone: "Als ersetzt abhaken",
    markOpen: "Doch nicht ersetzt",
    find: "Die Website nach ihrer Seite fragen",
    asked: "Die Website sagt nicht, wo. Sehen Sie in ihren Einstellungen nach, oft unter Sicherheit.",
    toSite: "Website öffnen",
    toEnroll: "Passkey bei der Website anlegen",
    toManage: "Passkeys bei der Website verwalten",
  },
};
