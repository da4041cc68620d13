/** German texts of the app about devices, mailboxes and the app itself (see `words-en.ts` for the rules). */
import type { DEVICE_WORDS_EN } from "./device-words-en.ts";
import { createPlural } from "./plural.ts";

const plural = createPlural("de");

export const DEVICE_WORDS_DE: typeof DEVICE_WORDS_EN = {
  devices: {
    title: "Geräte",
    lead: "Jedes davon hat den ganzen Tresor und kommt ohne die anderen aus.",
    thisDevice: "dieser PC",
    addedOn: (date) => `Hinzugefügt am ${date}`,
    addedBy: (date, device) => `Hinzugefügt am ${date} von ${device}`,
    madeOn: (date) => `Hat den Tresor am ${date} angelegt`,
    twice: (device) =>
      `Eine zweite Kopie von ${device} schreibt in diesen Tresor. Wenn Sie das Gerät nicht wiederhergestellt oder umgezogen haben, hat jemand seine Dateien kopiert.`,
    newTitle: (device) => `${device} ist ein neues Gerät dieses Tresors`,
    newText: (from, date) =>
      `Es wurde von ${from} aus am ${date} hinzugefügt und hat alle Ihre Passkeys. Waren Sie das nicht, entfernen Sie es jetzt.`,
    newKnown: "Ich kenne dieses Gerät",
    heard: (moment) => `Zuletzt gehört ${moment}`,
    neverHeard: "Noch nie gehört",
    upToDate: "Hat alles",
    waiting: (n) =>
      plural(n, { one: "# Änderung wartet auf dieses Gerät", other: "# Änderungen warten auf dieses Gerät" }),
    rename: "Umbenennen",
    renameTitle: "Dieses Gerät umbenennen",
    renameLabel: "Name des Geräts",
    renameSave: "Namen speichern",
    remove: "Dieses Gerät ist verloren",
    removeTitle: (device) => `${device} entfernen?`,
    removeText: (device) =>
      `${device} bekommt ab jetzt nichts Neues, und der Tresor bekommt neue Schlüssel. Die Passkeys von heute kann es noch haben: das Entfernen hier löscht sie dort nicht. Tippen Sie Ihre Passphrase ein, um fortzufahren.`,
    removeNow: "Gerät entfernen",
    removedTitle: (device) => `${device} ist entfernt`,
    removed: (n) =>
      plural(n, {
        one: "Es kann diesen # Passkey noch haben. Ersetzen Sie ihn bei seiner Website: neuen Passkey anlegen, ausprobieren, dann den alten löschen.",
        other:
          "Es kann diese # Passkeys noch haben. Ersetzen Sie sie bei ihren Websites, Mail und Bank vor den anderen: neuen Passkey anlegen, ausprobieren, dann den alten löschen.",
      }),
    removedNothing: "Es hatte keine Passkeys.",
    removedDone: "Zurück zu den Geräten",
    removing: "Neue Schlüssel entstehen, und Ihre anderen Geräte erfahren davon …",
    add: "Gerät hinzufügen",
    alone:
      "Bisher ist der Tresor nur auf diesem PC. Ein zweites Gerät schützt am besten davor, ihn zu verlieren.",
  },
  add: {
    title: "Gerät hinzufügen",
    lead: "Das neue Gerät bekommt eine vollständige Kopie des Tresors. Legen Sie es daneben: beide zeigen, was zu tun ist.",
    mailboxTitle: "Wo sollen sich Ihre Geräte treffen?",
    mailbox:
      "Geräte tauschen ihre Änderungen über ein Postfach aus. Es sieht versiegelte Pakete, Größen und Zeiten und kann keines davon öffnen.",
    mailboxAddress: "Adresse eines Postfachs",
    mailboxHint: "Ihr eigenes oder das von jemandem, den Sie kennen: https://…",
    mailboxUse: "Dieses Postfach verwenden",
    mailboxMissing: "Tippen Sie die Adresse des Postfachs ein.",
    mailboxOwn: "Postfach auf diesem PC starten",
    mailboxOwnHint: "Gut zum Ausprobieren: es erreicht andere Tresore auf demselben PC.",
    verifyTitle: "Sind Sie es?",
    verify:
      "Ein Gerät hinzuzufügen gibt eine Kopie aller Ihrer Passkeys weg. Tippen Sie Ihre Passphrase ein, um fortzufahren.",
    verifyAgain: (device) =>
      `Der Code stimmt. Tippen Sie Ihre Passphrase noch einmal ein, dann bekommt ${device} die Kopie.`,
    showCode: "Code zeigen",
    goOn: "Weiter",
    give: "Kopie übergeben",
    scanTitle: "Zeigen Sie das dem neuen Gerät",
    scan: "Starten Sie Latchkey auf dem neuen Gerät und wählen Sie „Einem vorhandenen Tresor beitreten“. Bringen Sie dann diesen Code auf einem dieser Wege hinüber:",
    qr: "Code der Einladung; dasselbe steht im Text darunter",
    savePicture: "Als Bild speichern",
    copyText: "Als Text kopieren",
    textLabel: "Einladung als Text",
    renew:
      "Er erneuert sich jede Minute. Wer ihn nur hat, kommt nicht hinein: es braucht auch die sechs Ziffern.",
    last: "Das ist der letzte Code, der von selbst kommt. Er gilt noch eine Minute.",
    preparing: "Der Code wird vorbereitet …",
    claimed: "Ein Gerät hat die Einladung angenommen. Sein Name kommt gleich …",
    codeTitle: (device) => `${device} möchte beitreten`,
    codeFrom: (platform) => `Nach eigener Angabe läuft dort ${platform}.`,
    codeLabel: "Die sechs Ziffern, die das neue Gerät zeigt",
    codeCheck: "Code prüfen",
    codeWords: "Das neue Gerät nennt den Tresor, dem es beitritt. Es sollte dieselben sechs Wörter zeigen:",
    codeForm: "Der Code hat sechs Ziffern.",
    codeWrong: (tries) =>
      plural(tries, {
        one: "Das ist nicht der Code, den das neue Gerät zeigt. Noch # Versuch. Wenn Ihnen jemand den Code am Telefon oder im Chat gesagt hat, hören Sie auf: es ist ein Trick.",
        other:
          "Das ist nicht der Code, den das neue Gerät zeigt. Noch # Versuche. Wenn Ihnen jemand den Code am Telefon oder im Chat gesagt hat, hören Sie auf: es ist ein Trick.",
      }),
    doneTitle: (device) => `${device} ist eines Ihrer Geräte`,
    done: "Es hat eine vollständige Kopie, sobald es die Änderungen geholt hat. Von jetzt an darf eines von beiden verloren gehen.",
    finish: "Zurück zu den Geräten",
    again: "Neu beginnen",
    failedTitle: "Das Gerät wurde nicht hinzugefügt",
  },
  sync: {
    title: "Abgleich",
    local: "Auf diesem PC gespeichert",
    offline: "Ohne Netz. Alles ist auf diesem PC gespeichert.",
    connecting: "Das Postfach wird gesucht …",
    sending: "Wird gesendet und geholt",
    settled: "Das Postfach hat alles",
    upToDate: (n) => plural(n, { one: "Auf diesem Gerät aktuell", other: "Auf allen # Geräten aktuell" }),
    waitingFor: (device) => `Wartet auf ${device}`,
    now: "Jetzt abgleichen",
    idle: "Nicht in Gebrauch",
    healing: "Das Postfach hat Daten verloren; dieser PC legt sie zurück",
    unreachable: "Das Postfach ist nicht zu erreichen. Ihre Passkeys gehen weiter.",
    twice: "Es gibt ein Gerät zweimal",
    lead: "Jede Änderung ist hier sofort gespeichert. Ihre anderen Geräte bekommen sie, wenn sie das nächste Mal online sind.",
    noMailbox:
      "Dieser Tresor hat kein Postfach: er bleibt auf diesem PC. Gefragt wird danach, wenn Sie ein Gerät hinzufügen.",
    mailboxes: "Postfächer",
    lastSettled: (moment) => `Zuletzt auf gleichem Stand ${moment}`,
    never: "Noch nicht auf gleichem Stand",
    fingerprint: "Fingerabdruck des Inhalts",
    fingerprintHint: "Zwei Geräte, die dieselben sechs Wörter zeigen, haben denselben Tresor.",
    entries: (n) => plural(n, { one: "# Änderung in diesem Tresor", other: "# Änderungen in diesem Tresor" }),
    waiting: (n) =>
      plural(n, {
        one: "# Änderung wartet auf eine andere, die davor kommt.",
        other: "# Änderungen warten auf andere, die davor kommen.",
      }),
    refused: (n) =>
      plural(n, {
        one: "# Änderung wurde beiseitegelegt, weil sie gegen die Regeln des Tresors ist.",
        other: "# Änderungen wurden beiseitegelegt, weil sie gegen die Regeln des Tresors sind.",
      }),
    missing: (n) =>
      plural(n, {
        one: "Von # Gerät sind Änderungen bekannt, die noch nicht hier sind.",
        other: "Von # Geräten sind Änderungen bekannt, die noch nicht hier sind.",
      }),
    damaged: (n) =>
      plural(n, {
        one: "# Änderung ist in der Datei auf diesem PC beschädigt. Sie wird vom Postfach oder einem Gerät neu geholt.",
        other:
          "# Änderungen sind in der Datei auf diesem PC beschädigt. Sie werden vom Postfach oder einem Gerät neu geholt.",
      }),
    seesTitle: "Was das Postfach sieht",
    sees: [
      "versiegelte Pakete, ihre Größen in Stufen, und wann sie kamen",
      "wie viele Ihrer Geräte sich verbinden, von welcher Netzadresse, und wann",
      "eine Zufallszahl, die für diesen Tresor steht",
    ],
    seesNotTitle: "Was er nicht sieht",
    seesNot: [
      "welche Websites Sie nutzen, Ihre Namen dort, Ihre Notizen und Schlagwörter",
      "die Namen Ihrer Geräte",
      "irgendeinen Schlüssel: weder er noch wer seine Festplatte kopiert kann ein Paket öffnen",
    ],
  },
  settings: {
    title: "Einstellungen",
    language: "Sprache",
    languages: { auto: "Wie der Browser", en: "English", de: "Deutsch" },
    appearance: "Aussehen",
    appearances: { auto: "Wie das System", light: "Hell", dark: "Dunkel" },
    idle: "Von selbst sperren, wenn ich weg bin",
    idles: (minutes) => plural(minutes, { one: "nach # Minute", other: "nach # Minuten" }),
    kept: "Diese Einstellungen bleiben in diesem Browser.",
    mailboxes: "Postfächer",
    mailboxRemove: (origin) => `Postfach ${origin} entfernen`,
    mailboxAdd: "Postfach hinzufügen",
    mailboxAdded: "Der Tresor verwendet jetzt dieses Postfach.",
    managed: {
      title: "Von Ihrer Organisation verwaltet",
      disableProvider: "Windows bietet Latchkey nicht an, wenn eine Seite nach einem Passkey fragt.",
      autoLock: (minutes: number) =>
        plural(minutes, {
          one: "Der Tresor sperrt sich nach # Minute ohne Gebrauch.",
          other: "Der Tresor sperrt sich nach # Minuten ohne Gebrauch.",
        }),
      forceRelay: (origin: string) =>
        `Dieser PC gleicht sich über das Postfach ${origin} ab und über kein anderes.`,
      forbidPlainExport: "Passkeys verlassen diesen PC nur in versiegelten Sicherungen.",
      forbidAddingDevices: "Von diesem PC aus wird kein weiteres Gerät hinzugefügt.",
      requireSecondDevice:
        "Ein hier hinzugefügtes Gerät kann sich erst anmelden, wenn ein zweites Gerät zustimmt.",
      maxPageAge: (days: number) =>
        plural(days, {
          one: "Die Wiederherstellungsseite ist jeden Tag zu erneuern.",
          other: "Die Wiederherstellungsseite ist alle # Tage zu erneuern.",
        }),
      maxDrillAge: (days: number) =>
        plural(days, {
          one: "Die Wiederherstellungsseite ist jeden Tag zu prüfen.",
          other: "Die Wiederherstellungsseite ist alle # Tage zu prüfen.",
        }),
      logSink: (folder: string) =>
        `Eine Kopie des Aktivitätsprotokolls dieses PCs geht ohne Namen von Websites, Konten und Geräten nach ${folder}.`,
      problems: (count: number) =>
        plural(count, {
          one: "Eine Vorgabe Ihrer Organisation zählt nicht. Sagen Sie es denen, die diesen PC verwalten.",
          other: "# Vorgaben Ihrer Organisation zählen nicht. Sagen Sie es denen, die diesen PC verwalten.",
        }),
      fixed: "Das lässt sich hier nicht ändern.",
    },
  },
  practice: {
    title: "Mit einer Übungswebsite ausprobieren",
    lead: "Eine kleine Website läuft in Latchkey, auf diesem PC: nichts geht hinaus. Sie prüft Ihren Passkey so wie eine Website im Internet.",
    makeTitle: "Einen Passkey erstellen",
    make: "Die Website bittet um einen Passkey. Latchkey erstellt ihn und bewahrt ihn in diesem Tresor.",
    makeNow: "Passkey erstellen",
    account: "Kontoname bei der Übungswebsite",
    accountSuggested: "ich",
    signInTitle: "Damit anmelden",
    signIn:
      "Die Website stellt eine Frage, die noch niemand gestellt hat. Ihr Passkey unterschreibt sie, nachdem Sie gesagt haben, dass Sie es sind.",
    signInNow: "Anmelden",
    verify: "Tippen Sie Ihre Passphrase ein: damit sagen Sie, dass Sie es sind. Die Website sieht sie nie.",
    made: (name) => `Die Website kennt Sie jetzt als ${name}.`,
    signedIn: (n) => plural(n, { one: "Angemeldet. Bisher # Mal.", other: "Angemeldet. Bisher # Mal." }),
    learntTitle: "Was die Website erfahren hat",
    learnt: (name, key) => [
      `den Kontonamen: ${name}`,
      `einen öffentlichen Schlüssel, dessen Fingerabdruck mit ${key} beginnt`,
      "dass Sie bestätigt haben, dass Sie es sind",
    ],
    learntKind: (kind) => `die Art des Programms, das ihn erstellt hat: ${kind}`,
    learntCopies: "dass es Kopien des Passkeys auf anderen Geräten geben kann",
    learntNoCopies: "dass der Passkey nach eigener Angabe auf nur einem Gerät ist",
    notLearntTitle: "Was sie nicht erfahren hat",
    notLearnt: [
      "Ihre Passphrase oder den privaten Schlüssel",
      "welche anderen Passkeys Sie haben",
      "irgendetwas, woran eine andere Website Sie erkennen könnte",
    ],
  },
  practiceSite: {
    title: "Übungswebsite",
    lead: "Eine Website auf diesem Rechner, um zu sehen, was ein Passkey tut. Sie vergisst alles, wenn sie endet.",
    make: "Die Website bittet Ihren Browser um einen Passkey. Welches Programm antwortet, bestimmt Ihr System.",
    signIn: "Die Website stellt eine Frage, die noch niemand gestellt hat. Der Passkey unterschreibt sie.",
    refused: "Ihr Browser hat nicht geantwortet: es wurde abgebrochen, oder er hat keinen Ort für Passkeys.",
    tooOld: "Dieser Browser ist zu alt für diese Seite. Nehmen Sie einen anderen oder eine neuere Version.",
  },
  about: {
    title: "Über Latchkey",
    lead: "Ein Passkey-Tresor, der auf Ihren eigenen Geräten lebt.",
    isTitle: "Was es tut",
    is: [
      "Es bewahrt Ihre Passkeys auf diesem PC und auf jedem Gerät, das Sie hinzufügen, und signiert hier.",
      "Es geht bei gezogenem Netzwerkkabel: anmelden, erstellen, bearbeiten, löschen.",
      "Änderungen, die Geräte getrennt gemacht haben, werden Feld für Feld vereint. Haben zwei dasselbe Feld geändert, sehen Sie beide Werte.",
    ],
    isNotTitle: "Was es nicht kann",
    isNot: [
      "Passkey-Anbieter eines Handys sein: dort bewahrt es eine Kopie, zeigt, bestätigt und stellt wieder her; anmelden tut Ihr PC.",
      "Löschen, was ein verlorenes Gerät schon hatte.",
      "Sie vor einem bösartigen Programm schützen, das auf diesem PC unter Ihrem Namen läuft.",
      "Ohne Ihre Passphrase helfen: es gibt kein Konto, also auf keinem Server etwas zurückzusetzen.",
    ],
    noNews:
      "Latchkey sendet niemandem etwas außer den Postfächern, die Sie gewählt haben: keine Nutzungsdaten, keine Bilder von Websites, keine Suche nach Updates.",
  },
};
