/** German texts of the app about recovery pages (see `words-en.ts` for the rules). */
import { PAGE_WORDS_DE } from "@latchkey/core/words/page-words";
import { createPlural } from "./plural.ts";
import type { RECOVERY_WORDS_EN } from "./recovery-words-en.ts";

const plural = createPlural("de");

export const RECOVERY_WORDS_DE: typeof RECOVERY_WORDS_EN = {
  paper: PAGE_WORDS_DE,
  recovery: {
    remindMake: "Eine Wiederherstellungsseite machen",
    remindTest: "Ihre Wiederherstellungsseite testen",
    remindTitle: "Ihre Wiederherstellungsseite will getestet sein",
    remindLong: "Sie wurde zuletzt vor mehr als einem halben Jahr getestet. Ein Test öffnet nichts.",
    title: "Wiederherstellungsseite",
    lead: "Ein Blatt Papier, das Ihre Passkeys zurückbringt, wenn jedes Gerät weg ist. Es braucht keines Ihrer Geräte und kein Konto.",
    open: "Wiederherstellungsseite machen oder testen",
    none: "Es gibt noch keine Wiederherstellungsseite",
    noneText:
      "Sind alle Ihre Geräte verloren, so sind es auch Ihre Passkeys. Eine Seite zu machen dauert zwei Minuten und braucht einen Drucker.",
    made: (when: string) => `Gemacht am ${when}.`,
    isWhole: "Eine Seite, die den Tresor allein öffnet.",
    isSplit: "Drei Seiten, von denen je zwei den Tresor öffnen.",
    untested: "Sie wurde noch nie getestet.",
    tested: (when: string) => `Zuletzt getestet am ${when}.`,
    testDue: "Das ist lange her: Testen Sie sie wieder.",
    exposed: "Machen Sie eine neue Seite",
    exposedText:
      "Nach dem Machen dieser Seite wurde ein Gerät entfernt. Mit einer Sicherungsdatei wirkt die Seite wie zuvor; mit dem Postfach allein könnte jenes Gerät sie verderben.",
    make: "Die Seite machen",
    makeNew: "Eine neue Seite machen",
    one: "Eine Seite. Sie öffnet den Tresor allein: Verwahren Sie sie wie Bargeld.",
    three:
      "Drei Seiten. Je zwei öffnen den Tresor, eine allein öffnet nichts: Verwahren Sie sie an drei Orten.",
    makeTitle: "Eine Wiederherstellungsseite machen?",
    makeText:
      "Wer die Seite hat, hat Ihre Passkeys. Sie wird einmal gezeigt, zum Drucken, und sonst nirgends aufbewahrt.",
    makeNewText:
      "Wer die Seite hat, hat Ihre Passkeys. Die Seite, die Sie jetzt haben, ist dann tot: Vernichten Sie sie.",
    making: "Die Seite wird gemacht…",
    coming: "Ihre Passkeys sind zurück. Jetzt wird Ihre neue Wiederherstellungsseite gemacht…",
    comingFailed: "Ihre Passkeys sind zurück, aber die neue Seite gelang nicht",
    newTitle: (count: number) =>
      plural(count, { one: "Ihre Wiederherstellungsseite", other: "Ihre # Wiederherstellungsseiten" }),
    newWhole: "Diese Seite öffnet den Tresor allein. Verwahren Sie sie wie Bargeld.",
    newSplit: "Je zwei der drei Seiten öffnen den Tresor. Verwahren Sie sie an verschiedenen Orten.",
    oldDead: "Die Seite von vorher ist tot. Vernichten Sie sie.",
    oldWaits:
      "Die Seite von vorher öffnet den Tresor noch, bis das Postfach zu erreichen ist. Vernichten Sie sie trotzdem.",
    locatorWaits:
      "Das Postfach war gerade nicht zu erreichen. Bis dahin braucht die Seite eine Sicherungsdatei, um Ihre Passkeys zurückzubringen.",
    locatorNone:
      "Dieser Tresor hat kein Postfach, also braucht die Seite eine Sicherungsdatei, um Ihre Passkeys zurückzubringen.",
    printWarning:
      "Drucken Sie sie auf einem Drucker, dem Sie trauen, und achten Sie darauf, dass niemand zusieht. Verlassen Sie diese Ansicht, so ist die Seite auf Papier oder nirgends.",
    show: (count: number) => plural(count, { one: "Die Seite zeigen", other: "Die # Seiten zeigen" }),
    print: "Drucken",
    putAway: "Ich habe sie auf Papier: wegräumen",
    firstCode: "Code der Seite. Dasselbe steht unten in zehn Gruppen.",
    secondCode: "Derselbe Code noch einmal, falls der andere abgenutzt ist.",
    testTitle: "Ihre Seite testen",
    testText:
      "Tippen oder scannen Sie die Seite, wie Sie sie verwahren. Nichts wird geöffnet: Sie erfahren, ob sie jeden Passkey zurückbrächte.",
    groups: "Die zehn Gruppen der Seite",
    secondPage: "Die zehn Gruppen einer anderen Seite",
    groupsHint: "Mit oder ohne Leerzeichen. Das letzte Zeichen jeder Gruppe verrät einen Tippfehler.",
    groupsMissing: (count: number) =>
      plural(count, { one: "# von zehn Gruppen ist hier.", other: "# von zehn Gruppen sind hier." }),
    wrongGroups: (groups: string) => `Nicht wie gedruckt: Gruppe ${groups}.`,
    choosePicture: "Ein Bild vom Code der Seite wählen",
    pictureUnread: "In diesem Bild ist kein Code zu lesen. Tippen Sie stattdessen die Gruppen.",
    test: "Die Seite testen",
    testing: "Die Seite wird getestet…",
    works: "Die Seite wirkt",
    worksNot: "Die Seite öffnet nicht alles",
    age: (days: number) =>
      days === 0
        ? "Heute gemacht."
        : plural(days, { one: "Vor # Tag gemacht.", other: "Vor # Tagen gemacht." }),
    opens: (opens: number, passkeys: number) => `Sie wird ${opens} von ${passkeys} Passkeys öffnen.`,
  },
  restore: {
    title: "Aus einer Wiederherstellungsseite",
    titleHint: "Jedes Gerät ist weg, und Sie haben die Seite. Keines der alten Geräte wird gebraucht.",
    page: "Ihre Wiederherstellungsseite",
    rest: "Wo der Rest des Tresors ist",
    mailbox: "Adresse des Postfachs",
    mailboxHint: "Sie steht auf der Seite. Lassen Sie sie weg, wenn Sie eine Sicherungsdatei haben.",
    backup: "Eine Sicherungsdatei wählen",
    backupChosen: (name: string) => `Sicherungsdatei: ${name}`,
    restMissing: "Nennen Sie die Adresse des Postfachs oder wählen Sie eine Sicherungsdatei.",
    go: "Den Tresor wiederherstellen",
    restoring: "Ihr Tresor wird gesucht. Das kann eine Minute dauern…",
    foundTitle: "Die Seite öffnet Ihren Tresor",
    found: (count: number) => plural(count, { one: "# Passkey ist darin.", other: "# Passkeys sind darin." }),
    notCurrent: "So war er, als er zuletzt gesichert wurde: Kein Postfach war nach Späterem zu fragen.",
    lost: "Welche der alten Geräte sind verloren?",
    lostHint:
      "Haken Sie jedes an, das Sie nicht mehr haben: Es bekommt ab jetzt nichts Neues. Was es hatte, wirkt dort weiter, bis Sie es bei den Websites ersetzen.",
    addedOn: (when: string) => `hinzugefügt am ${when}`,
    lostGo: "Auf diesem PC wiederherstellen",
  },
  backup: {
    title: "Sicherungen auf diesem PC",
    text: "Eine versiegelte Datei in einem Ordner Ihrer Wahl, die von selbst entsteht, wenn sich etwas geändert hat, und jedes Mal zurückgelesen wird.",
    opensDevices:
      "Ihre Geräte öffnen sie. Machen Sie eine Wiederherstellungsseite, damit sie auch hilft, wenn alle weg sind.",
    opensPage: "Ihre Wiederherstellungsseite öffnet sie, und jedes Ihrer Geräte auch.",
    folder: "Ordner für Sicherungen",
    folderHint: "Vollständig. Am besten ein Stick oder ein Laufwerk, das nachts woanders ist.",
    folderMissing: "Nennen Sie den Ordner.",
    choose: "Diesen Ordner verwenden",
    chooseTitle: "Sicherungen in diesem Ordner aufbewahren?",
    chooseText: (folder: string) => `Eine entsteht jetzt, in ${folder}.`,
    rhythm: (hours: number, copies: number) =>
      `Höchstens alle ${hours} Stunden, wenn sich etwas ändert; die neuesten ${copies} bleiben.`,
    run: "Jetzt eine Sicherung machen",
    running: "Schreiben und Zurücklesen…",
    made: (when: string) => `${when}: vollständig, als sie entstand`,
    check: "Noch einmal prüfen",
    checkOne: (when: string) => `Noch einmal prüfen: die Sicherung von ${when}`,
    checking: "Wird geprüft…",
    whole: "Vollständig: Jedes Siegel und jede Unterschrift stimmt.",
  },
};
