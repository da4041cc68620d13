/** Deutsche Texte der Wege, auf denen ein Gerät hinzukommt (Regeln in `words-en.ts`). */
import type { DOOR_WORDS_EN } from "./door-words-en.ts";

export const DOOR_WORDS_DE: typeof DOOR_WORDS_EN = {
  doors: {
    lead: "Das neue Gerät bekommt eine vollständige Kopie des Tresors. Welcher Weg passt den beiden?",
    code: "Einen Code für einen Computer zeigen",
    codeHint: "Das neue Gerät liest ihn mit der Kamera, aus einem Bild oder als eingefügten Text.",
    words: "Eine Nummer und zwei Wörter nennen",
    wordsHint: "Nichts zu scannen, nichts einzufügen: sie werden auf dem neuen Gerät getippt.",
    request: "Das neue Gerät zeigt einen Code",
    requestHint: "Sie bringen den Code hierher: mit der Kamera, als Bild oder als Text.",
    phone: "Ein Handy hinzufügen",
    phoneHint: "Seine Kamera liest den Code. Es braucht eine Adresse mit https.",
    otherWay: "Einen anderen Weg wählen",

    wordsTitle: "Tippen Sie das auf dem neuen Gerät ein",
    wordsLead:
      "Starten Sie Latchkey auf dem neuen Gerät, wählen Sie „Einem vorhandenen Tresor beitreten“, dann „Nummer und zwei Wörter“.",
    wordsMailbox: "Es fragt auch nach dem Postfach. Das ist seine Adresse:",
    wordsOnce: "Sie gelten für diese Runde und einen Versuch: nach einem falschen gibt es neue.",
    wordsPreparing: "Das Postfach wird um eine Nummer gebeten …",

    requestTitle: "Bringen Sie den Code des neuen Geräts hierher",
    requestLead:
      "Starten Sie Latchkey auf dem neuen Gerät, wählen Sie „Einem vorhandenen Tresor beitreten“, dann „Hier einen Code zeigen“.",
    requestWarning:
      "Wessen Code das ist, der bekommt alle Ihre Passkeys. Nehmen Sie ihn vom Bildschirm des neuen Geräts, nie aus einer Nachricht oder einem Anruf.",
    requestText: "Text des Codes einfügen",
    requestPicture: "Ein Bild des Codes wählen",
    requestMissing: "Fügen Sie den Text des Codes ein oder wählen Sie sein Bild.",
    requestGo: "Diesen Code verwenden",
    givingTitle: (device) => `Sie geben alle Ihre Passkeys an ${device}`,
    givingLead:
      "Machen Sie nur weiter, wenn dieses Gerät vor Ihnen steht und Ihnen gehört. Hat Sie jemand am Telefon oder im Chat darum gebeten, hören Sie auf: es ist ein Trick.",

    phoneTitle: "Ein Handy hinzufügen",
    phoneMailbox: "Ein Handy braucht ein Postfach mit https",
    phoneMailboxText:
      "Die Postfächer dieses Tresors haben kein Zertifikat, und der Browser eines Handys spricht mit keinem anderen. Wählen Sie eines:",
    phoneChoices: [
      "Ihr eigenes auf einem gemieteten Rechner: zwei Namen und die Compose-Datei, die mit Latchkey kommt und Zertifikate von selbst holt.",
      "Ihr eigenes zu Hause: ein Postfach in Ihrem Netz, mit einem Zertifikat, dem das Handy traut.",
      "Ein anderes, von jemandem, den Sie kennen. Es sieht versiegelte Pakete, Größen und Zeiten und öffnet keines davon.",
    ],
    phoneHow: "Wie man eines betreibt, steht in docs/operating.md.",
    phoneApp: "Adresse der Handy-App",
    phoneAppHint:
      "Wo die Handy-App liegt, mit https: https://app.example. Wer sie ausliefert, könnte sie ändern; nehmen Sie also einen eigenen Ort oder einen, dem Sie vertrauen.",
    phoneAppMissing: "Tippen Sie eine Adresse ein, die mit https:// beginnt.",
    phoneLimits:
      "Auf dem Handy bewahrt Latchkey eine Kopie, zeigt, genehmigt und stellt wieder her. Es ist dort kein Passkey-Anbieter des Systems.",
    phoneGo: "Code für das Handy zeigen",
    phoneScan:
      "Öffnen Sie die Adresse auf dem Handy, installieren Sie die App, öffnen Sie sie dort und drücken Sie Scannen. Ein Code, den die Kamera des Handys selbst öffnet, fügt nichts hinzu.",
    phoneAddress: "Die Adresse der App",

    joinTitle: "Wie lädt das andere Gerät ein?",
    joinInvitation: "Es zeigt einen Code: ich füge seinen Text ein oder habe ein Bild",
    joinWords: "Nummer und zwei Wörter",
    joinRequest: "Hier einen Code zeigen",
    joinRequestHint: "Damit dieser PC gescannt wird: das andere Gerät gibt ihm seine Passkeys.",
    joinMailbox: "Adresse des Postfachs des Tresors",
    joinMailboxHint: "Das andere Gerät nennt sie: https://…",
    joinMailboxMissing: "Tippen Sie die Adresse des Postfachs ein.",
    joinNumber: "Die Nummer und die zwei Wörter",
    joinNumberHint: "Wie das andere Gerät sie zeigt: 4719-copper-violin",
    joinNumberMissing: "Tippen Sie die Nummer und die zwei Wörter ein.",
    ownTitle: "Zeigen Sie diesen Code Ihrem anderen Gerät",
    ownLead:
      "Wählen Sie auf dem anderen Gerät Geräte, dann „Gerät hinzufügen“, dann „Das neue Gerät zeigt einen Code“. Er erneuert sich alle zwei Minuten.",
    ownQr: "Code dieses Geräts; dasselbe steht im Text darunter",
    ownText: "Der Code als Text",

    ends: (time) => `Diese Runde endet um ${time}. Einmal können Sie fünf Minuten mehr bekommen.`,
    endsFinally: (time) =>
      `Diese Runde endet um ${time}. Ist das zu früh, beginnen Sie danach neu: nichts geht verloren.`,
    moreTime: "Mehr Zeit",
    anotherCode: "Noch einen Code zeigen",
    undo: "Rückgängig: wieder entfernen",
  },
  scan: {
    begin: "Die Kamera benutzen",
    title: "Halten Sie den Code vor die Kamera",
    looking: "Der Code wird gesucht …",
    refused:
      "Die Kamera wurde nicht erlaubt. Erlauben Sie sie in den Einstellungen des Browsers für diese Seite, oder wählen Sie ein Bild oder fügen Sie den Text ein.",
    none: "Hier ist keine Kamera zu benutzen. Wählen Sie ein Bild des Codes, oder fügen Sie ihn als Text ein.",
    stop: "Kamera anhalten",
    video: "Was die Kamera sieht",
  },
  intents: {
    title: "Wartet auf Kontakt mit einem Postfach",
    lead: "Das ist noch nicht geschehen. Es geschieht beim nächsten Kontakt, sobald Sie sich für irgendetwas ausweisen; mehr ist nicht zu tun.",
    removal: (device) => `${device} entfernen`,
    purge: (site, user) =>
      user === null ? `Passkey für ${site} löschen` : `Passkey von ${user} für ${site} löschen`,
    rotation: "Schlüssel des Tresors wechseln",
    goneDevice: "ein Gerät, das fort ist",
    unknownPasskey: "eine unbekannte Website",
    since: (moment) => `seit ${moment}`,
    withdraw: "Zurücknehmen",
  },
  approve: {
    title: (device) => `${device} darf noch nicht signieren`,
    until: (moment) => `Es listet Passkeys auf und darf ab ${moment} signieren.`,
    untilAgreed: "Es listet Passkeys auf und darf signieren, wenn ein zweites Gerät zustimmt.",
    ownTitle: "Dieser PC darf noch nicht signieren",
    yes: "Signieren lassen",
    no: "Ablehnen: entfernen",
    yesTitle: (device) => `${device} signieren lassen?`,
    noTitle: (device) => `${device} entfernen?`,
    yesText:
      "Es kann von da an alle Ihre Passkeys verwenden. Tippen Sie Ihre Passphrase ein, um fortzufahren.",
    noText:
      "Es bekommt nichts Neues, und der Tresor bekommt neue Schlüssel. Signieren konnte es nie. Tippen Sie Ihre Passphrase ein, um fortzufahren.",
    setting: "Wann darf ein neues Gerät signieren?",
    modes: {
      "at-once": "Sofort",
      probation: "Zehn Minuten nachdem es hinzukam, damit Sie widersprechen können",
      "second-device": "Wenn ein zweites Ihrer Geräte zustimmt",
    },
    wish: (device, mode) =>
      `${device} möchte eine andere Regel: ${mode}. Sie gilt, wenn ein zweites Gerät dieselbe wählt.`,
    settingTitle: "Die Regel für neue Geräte ändern?",
    settingText:
      "Sie gilt für den ganzen Tresor. Für eine schwächere Regel als zwei Geräte braucht es zwei Geräte. Tippen Sie Ihre Passphrase ein, um fortzufahren.",
    settingSave: "Regel ändern",
  },
};
