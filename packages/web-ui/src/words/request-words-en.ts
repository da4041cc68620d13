/** English texts of the window in which a person answers a website (see `words-en.ts` for the rules). */
export const REQUEST_WORDS_EN = {
  request: {
    create: (site: string) => `Make a passkey for ${site}?`,
    get: (site: string) => `Sign in to ${site}?`,
    site: "Website",
    page: "The page that asks",
    account: "Account",
    vault: "Vault",
    framed: "The page that asks is shown inside a page of another website. Go on only if you expected that.",
    accounts: "Which account?",
    unnamed: "Account without a name",
    locked: "The vault is locked: your passphrase opens it, too.",
    bySystem: "This computer verifies you by itself. The passphrase is needed only where it cannot.",
    createNow: "Make the passkey",
    getNow: "Sign in",
    working: "One moment…",
    refuse: "Refuse",
    somethingElse: "Use something else",
    somethingElseHint:
      "For a minute the browser asks a security key, your phone or another app instead. Try again at the website then.",
    nothingTitle: (site: string) => `No passkey for ${site} here`,
    nothing: "This vault has no passkey that fits. The website is told no more than that it was not to be.",
    nothingNow: "Close",
  },
};
