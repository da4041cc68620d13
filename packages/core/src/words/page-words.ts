/**
 * What is printed on a recovery page, in English and German: on paper from the command line and from the app alike. Short lines: they stand on a page of
 * 17 cm. `{…}` are put in where they are printed.
 */
export interface PageWords {
  readonly title: string;
  readonly alone: string;
  /** `{part}` of 3. */
  readonly share: string;
  readonly shareAlone: string;
  readonly made: string;
  readonly vault: string;
  readonly opens: string;
  readonly passkeys: (count: number) => string;
  readonly typed: string;
  readonly check: string;
  readonly how: string;
  readonly steps: readonly string[];
  readonly mailbox: string;
  readonly noMailbox: string;
  readonly needs: string;
  readonly folder: string;
  readonly found: string;
  readonly kept: string;
  readonly tested: string;
}

export const PAGE_WORDS_EN: PageWords = {
  title: "Latchkey recovery page",
  alone: "This page opens the vault alone. Keep it like cash.",
  share: "Page {part} of 3. Any two of the three pages open the vault.",
  shareAlone: "One page alone opens nothing. Keep the three in different places.",
  made: "Made on",
  vault: "by",
  opens: "Opens",
  passkeys: (count) =>
    `${count} ${count === 1 ? "passkey" : "passkeys"} when it was made, and all that came later`,
  typed: "The same to type: ten groups of five characters",
  check: "The last character of each group is its check: a typing error is named with the group's number.",
  how: "To get the vault back",
  steps: [
    "Install Latchkey on any computer. None of the old devices is needed.",
    'Choose "Restore from a recovery page", or run: latchkey recovery restore',
    "Scan one of the two codes, or type the ten groups.",
    "You then print a new page. This one is dead from then on: destroy it.",
  ],
  mailbox: "It needs the vault's mailbox, {mailbox}, or a backup file of the vault.",
  noMailbox: "It needs a backup file of the vault: this vault has no mailbox.",
  needs: "What else is needed",
  folder: "Backup files are kept at:",
  found: "Found this page? Please do not scan it. Give it back to its owner, or destroy it.",
  kept: "This page is kept at:",
  tested: "Tested on:",
};

export const PAGE_WORDS_DE: PageWords = {
  title: "Wiederherstellungsseite für Latchkey",
  alone: "Diese Seite öffnet den Tresor allein. Verwahren Sie sie wie Bargeld.",
  share: "Seite {part} von 3. Je zwei der drei Seiten öffnen den Tresor.",
  shareAlone: "Eine Seite allein öffnet nichts. Verwahren Sie die drei an verschiedenen Orten.",
  made: "Gemacht am",
  vault: "von",
  opens: "Öffnet",
  passkeys: (count) => `${count} ${count === 1 ? "Passkey" : "Passkeys"} am Tag des Drucks und alle späteren`,
  typed: "Dasselbe zum Eintippen: zehn Gruppen zu fünf Zeichen",
  check: "Das letzte Zeichen jeder Gruppe prüft sie: Ein Tippfehler wird mit der Nummer der Gruppe genannt.",
  how: "So kommt der Tresor zurück",
  steps: [
    "Latchkey auf irgendeinem Computer installieren. Keines der alten Geräte wird gebraucht.",
    "„Aus einer Wiederherstellungsseite“ wählen, oder: latchkey recovery restore",
    "Einen der beiden Codes scannen oder die zehn Gruppen eintippen.",
    "Danach eine neue Seite drucken. Diese ist dann tot: Vernichten Sie sie.",
  ],
  mailbox: "Gebraucht wird das Postfach des Tresors, {mailbox}, oder eine Sicherungsdatei.",
  noMailbox: "Gebraucht wird eine Sicherungsdatei: Dieser Tresor hat kein Postfach.",
  needs: "Was sonst gebraucht wird",
  folder: "Sicherungsdateien liegen in:",
  found: "Gefunden? Bitte nicht scannen. Geben Sie die Seite zurück oder vernichten Sie sie.",
  kept: "Diese Seite liegt bei:",
  tested: "Getestet am:",
};
