/** German texts of the window in which a person answers a website (see `words-en.ts` for the rules). */
import type { REQUEST_WORDS_EN } from "./request-words-en.ts";

export const REQUEST_WORDS_DE: typeof REQUEST_WORDS_EN = {
  request: {
    create: (site) => `Passkey für ${site} anlegen?`,
    get: (site) => `Bei ${site} anmelden?`,
    site: "Website",
    page: "Die Seite, die fragt",
    account: "Konto",
    vault: "Tresor",
    framed:
      "Die Seite, die fragt, wird in der Seite einer anderen Website gezeigt. Machen Sie nur weiter, wenn Sie das erwartet haben.",
    accounts: "Welches Konto?",
    unnamed: "Konto ohne Namen",
    locked: "Der Tresor ist gesperrt: Ihre Passphrase öffnet auch ihn.",
    bySystem:
      "Dieser Computer prüft selbst, dass Sie es sind. Die Passphrase braucht es nur, wo er das nicht kann.",
    createNow: "Passkey anlegen",
    getNow: "Anmelden",
    working: "Einen Moment …",
    refuse: "Ablehnen",
    somethingElse: "Etwas anderes nutzen",
    somethingElseHint:
      "Eine Minute lang fragt der Browser stattdessen einen Sicherheitsschlüssel, Ihr Handy oder eine andere App. Versuchen Sie es dann auf der Website noch einmal.",
    nothingTitle: (site) => `Kein Passkey für ${site} hier`,
    nothing:
      "Dieser Tresor hat keinen passenden Passkey. Die Website erfährt nur, dass es nicht sein sollte.",
    nothingNow: "Schließen",
  },
};
