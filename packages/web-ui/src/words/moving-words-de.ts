/** German texts of the app about moving in and out (see `words-en.ts` for the rules). */
import { EXCHANGE_TEXTS_DE } from "@latchkey/core/exchange/texts-de";
import { EXPORT_SENTENCES } from "@latchkey/core/exchange/export-sentence";
import type { MOVING_WORDS_EN } from "./moving-words-en.ts";
import { createPlural } from "./plural.ts";

const plural = createPlural("de");

export const MOVING_WORDS_DE: typeof MOVING_WORDS_EN = {
  exchange: EXCHANGE_TEXTS_DE,
  moving: {
    title: "Umziehen",
    lead: "Ihre Passkeys kommen aus anderen Programmen herein und gehen zu ihnen hinaus, ohne Netz und ohne dass jemand zustimmen muss.",
    open: "Passkeys herein- oder hinausbringen",
    importTitle: "Passkeys hierher bringen",
    importText:
      "Eine Datei, die ein anderes Programm exportiert hat: CXF, Bitwarden-JSON, KeePassXC (.passkey oder .kdbx), das Zip von Proton Pass. Zuerst sehen Sie, was hereinkäme.",
    choose: "Datei wählen",
    chosen: (names: string) => `Gewählt: ${names}`,
    password: "Passwort der Datei",
    passwordHint: "Das beim Anlegen der Datei gewählte, nicht Ihre Passphrase.",
    withTrash: "Auch, was dort im Papierkorb lag",
    unbacked: "Mit KeePassXC 2.7.11 oder älter angelegt",
    look: "Ansehen, was hereinkäme",
    looking: "Die Datei wird gelesen…",
    found: (count: number) =>
      plural(count, { one: "# Passkey in der Datei", other: "# Passkeys in der Datei" }),
    others: (count: number) =>
      plural(count, {
        one: "# anderer Eintrag bleibt in der Datei: Nur Passkeys werden übernommen.",
        other: "# andere Einträge bleiben in der Datei: Nur Passkeys werden übernommen.",
      }),
    none: "Manche Apps für Telefone lassen Passkeys beim Export aus. Exportieren Sie im Web- oder Desktop-Programm.",
    more: (count: number) =>
      plural(count, {
        one: "und # Passkey mehr, zu dem nichts zu sagen ist",
        other: "und # Passkeys mehr, zu denen nichts zu sagen ist",
      }),
    take: (count: number) =>
      plural(count, { one: "# Passkey hereinbringen", other: "# Passkeys hereinbringen" }),
    takeTitle: (count: number) =>
      plural(count, { one: "# Passkey hereinbringen?", other: "# Passkeys hereinbringen?" }),
    takeText:
      "Was hier ist, bleibt unverändert. 24 Stunden lang lässt sich alles zusammen rückgängig machen.",
    taking: (done: number, total: number) => `${done} von ${total} gespeichert…`,
    taken: (count: number) =>
      plural(count, { one: "# Passkey hereingekommen.", other: "# Passkeys hereingekommen." }),
    takenText:
      "Mit der Datei kann sich weiterhin jeder, der sie hat, als Sie anmelden. Löschen Sie sie, sobald Sie sich einmal angemeldet haben.",
    recent: "Importe der letzten Tage",
    batch: (count: number) => plural(count, { one: "# Passkey", other: "# Passkeys" }),
    undo: "Rückgängig machen",
    undone: "Was dieser Import brachte, liegt im Papierkorb.",
    exportTitle: "Passkeys mitnehmen",
    exportText:
      "Eine Datei für ein anderes Programm, auf diesem PC. Sie ist nicht versiegelt: Wer sie bekommt, hat für immer jeden Passkey darin.",
    forbidden: "Ihre Organisation erlaubt keine Dateien, die nicht versiegelt sind.",
    formats: {
      cxf: "CXF, der Standard der FIDO Alliance",
      bitwarden: "Bitwarden, mit einem Passwort",
      passkey: "KeePassXC, eine Datei je Passkey",
    },
    holds: (count: number) =>
      plural(count, { one: "# Passkey wäre in der Datei.", other: "# Passkeys wären in der Datei." }),
    leftOut: (count: number) => plural(count, { one: "# wäre es nicht.", other: "# wären es nicht." }),
    loses: "Nicht in der Datei:",
    path: "Wohin",
    newPassword: "Passwort, das die Datei bekommt",
    sentence: EXPORT_SENTENCES.de,
    sentenceLabel: (sentence: string) => `Zum Fortfahren eingeben: ${sentence}`,
    write: "Datei schreiben",
    writeTitle: "Die Datei schreiben?",
    writeText: "Ihre Passkeys bleiben hier, wie sie sind.",
    writing: "Schreiben und Zurücklesen…",
    written: (count: number) =>
      plural(count, { one: "# Passkey geschrieben.", other: "# Passkeys geschrieben." }),
    missing: "Das wird gebraucht.",
  },
};
