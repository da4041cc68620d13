/** English texts of the ways by which a device is added (see `words-en.ts` for the rules). */

export const DOOR_WORDS_EN = {
  doors: {
    lead: "The new device gets a full copy of the vault. Which way suits the two of them?",
    code: "Show a code for a computer",
    codeHint: "The new one reads it with its camera, from a picture, or as pasted text.",
    words: "Tell it a number and two words",
    wordsHint: "Nothing to scan, nothing to paste: they are typed on the new device.",
    request: "The new device shows a code",
    requestHint: "You bring that code here: with the camera, as a picture or as text.",
    phone: "Add a phone",
    phoneHint: "Its camera reads the code. It needs an address with https.",
    otherWay: "Choose another way",

    wordsTitle: "Type this on the new device",
    wordsLead:
      "On the new device, start Latchkey, choose “Join a vault I already have”, then “A number and two words”.",
    wordsMailbox: "It asks for the mailbox, too. This is its address:",
    wordsOnce: "They are good for this round and one try: after a wrong one there are new ones.",
    wordsPreparing: "Asking the mailbox for a number…",

    requestTitle: "Bring the new device's code here",
    requestLead:
      "On the new device, start Latchkey, choose “Join a vault I already have”, then “Show a code here”.",
    requestWarning:
      "Whoever's code this is gets all your passkeys. Take it from the new device's own screen, never from a message or a call.",
    requestText: "Paste the code's text",
    requestPicture: "Choose a picture of the code",
    requestMissing: "Paste the code's text or choose its picture.",
    requestGo: "Use this code",
    givingTitle: (device: string) => `You are giving all your passkeys to ${device}`,
    givingLead:
      "Go on only if this device is in front of you and is yours. If somebody asked you to do this, by phone or chat, stop: it is a trick.",

    phoneTitle: "Add a phone",
    phoneMailbox: "A phone needs a mailbox with https",
    phoneMailboxText:
      "This vault's mailboxes have no certificate, and a phone's browser speaks to no other. Choose one:",
    phoneChoices: [
      "Your own on a rented computer: two names, and the compose file that comes with Latchkey, which fetches certificates by itself.",
      "Your own at home: a mailbox on your network, with a certificate that the phone trusts.",
      "Another one, of somebody whom you know. It sees sealed packets, sizes and times, and opens none of them.",
    ],
    phoneHow: "How to run one is described in docs/operating.md.",
    phoneApp: "Address of the phone app",
    phoneAppHint:
      "Where the phone app is served, with https: https://app.example. Whoever serves it could change it, so use your own place or one that you trust.",
    phoneAppMissing: "Type an address that begins with https://.",
    phoneLimits:
      "On the phone Latchkey keeps a copy, shows, approves and recovers. It is no system passkey provider there.",
    phoneGo: "Show the code for the phone",
    phoneScan:
      "Open the address on the phone, install the app, open it there and press Scan. A code that the phone's own camera opens adds nothing.",
    phoneAddress: "The app's address",

    joinTitle: "How does the other device invite?",
    joinInvitation: "It shows a code: I paste its text or have a picture",
    joinWords: "A number and two words",
    joinRequest: "Show a code here",
    joinRequestHint: "For this PC to be scanned: the other device gives its passkeys to it.",
    joinMailbox: "Address of the vault's mailbox",
    joinMailboxHint: "The other device names it: https://…",
    joinMailboxMissing: "Type the address of the mailbox.",
    joinNumber: "Number and two words",
    joinNumberHint: "As the other device shows them: 4719-copper-violin",
    joinNumberMissing: "Type the number and the two words.",
    ownTitle: "Show this code to your other device",
    ownLead:
      "On your other device choose Devices, then “Add a device”, then “The new device shows a code”. It renews itself every two minutes.",
    ownQr: "Code of this device; the same is in the text below",
    ownText: "The code as text",

    ends: (time: string) => `This round ends at ${time}. You can have five minutes more, once.`,
    endsFinally: (time: string) =>
      `This round ends at ${time}. If that is too soon, begin anew after it: nothing is lost.`,
    moreTime: "More time",
    anotherCode: "Show another code",
    undo: "Undo: remove it",
  },
  scan: {
    begin: "Use the camera",
    title: "Hold the code before the camera",
    looking: "Looking for the code …",
    refused:
      "The camera was not allowed. Allow it in the browser's settings for this site, or choose a picture or paste the text.",
    none: "No camera can be used here. Choose a picture of the code, or paste it as text.",
    stop: "Stop the camera",
    video: "What the camera sees",
  },
  intents: {
    title: "Waiting for contact with a mailbox",
    lead: "This has not happened yet. It happens at the next contact, as soon as you are verified for anything; nothing more is to be done.",
    removal: (device: string) => `Remove ${device}`,
    purge: (site: string, user: string | null) =>
      user === null ? `Erase the passkey for ${site}` : `Erase the passkey of ${user} for ${site}`,
    rotation: "Change the vault's keys",
    goneDevice: "a device that is gone",
    unknownPasskey: "an unknown site",
    since: (moment: string) => `since ${moment}`,
    withdraw: "Take it back",
  },
  approve: {
    title: (device: string) => `${device} may not sign yet`,
    until: (moment: string) => `It lists passkeys, and may sign from ${moment} on.`,
    untilAgreed: "It lists passkeys, and may sign when a second device agrees.",
    ownTitle: "This PC may not sign yet",
    yes: "Let it sign",
    no: "Deny: remove it",
    yesTitle: (device: string) => `Let ${device} sign?`,
    noTitle: (device: string) => `Remove ${device}?`,
    yesText: "It can use all your passkeys from then on. Type your passphrase to go on.",
    noText:
      "It gets nothing new, and the vault gets new keys. It never could sign. Type your passphrase to go on.",
    setting: "When may a new device sign?",
    modes: {
      "at-once": "At once",
      probation: "Ten minutes after it was added, so that you can object",
      "second-device": "When a second device of yours agrees",
    },
    wish: (device: string, mode: string) =>
      `${device} wants another rule: ${mode}. It counts when a second device chooses the same.`,
    settingTitle: "Change the rule for new devices?",
    settingText:
      "It counts for the whole vault. A weaker rule than two devices takes two devices. Type your passphrase to go on.",
    settingSave: "Change the rule",
  },
};
