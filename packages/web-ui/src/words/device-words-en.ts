/** English texts of the app about devices, mailboxes and the app itself (see `words-en.ts` for the rules). */
import { createPlural } from "./plural.ts";

const plural = createPlural("en");

export const DEVICE_WORDS_EN = {
  devices: {
    title: "Devices",
    lead: "Each of them holds the whole vault and works without the others.",
    thisDevice: "this PC",
    addedOn: (date: string) => `Added on ${date}`,
    addedBy: (date: string, device: string) => `Added on ${date} from ${device}`,
    madeOn: (date: string) => `Made the vault on ${date}`,
    twice: (device: string) =>
      `A second copy of ${device} is writing to this vault. If you did not restore or move that device, somebody copied its files.`,
    newTitle: (device: string) => `${device} is a new device of this vault`,
    newText: (from: string, date: string) =>
      `It was added from ${from} on ${date}, and holds all your passkeys. If that was not you, remove it now.`,
    newKnown: "I know this device",
    heard: (moment: string) => `Last heard ${moment}`,
    neverHeard: "Not heard yet",
    upToDate: "Has everything",
    waiting: (n: number) => plural(n, { one: "# change waits for it", other: "# changes wait for it" }),
    rename: "Rename",
    renameTitle: "Rename this device",
    renameLabel: "Name of the device",
    renameSave: "Save the name",
    remove: "I lost this device",
    removeTitle: (device: string) => `Remove ${device}?`,
    removeText: (device: string) =>
      `${device} gets nothing new from now on, and the vault gets new keys. It may still hold the passkeys that it has today: removing it here cannot erase them there. Type your passphrase to go on.`,
    removeNow: "Remove the device",
    removedTitle: (device: string) => `${device} is removed`,
    removed: (n: number) =>
      plural(n, {
        one: "It may still hold this # passkey. Replace it at its site: make a new passkey there, try it, then delete the old one.",
        other:
          "It may still hold these # passkeys. Replace them at their sites, mail and bank before the rest: make a new passkey, try it, then delete the old one.",
      }),
    removedNothing: "It held no passkeys.",
    removedDone: "Back to the devices",
    removing: "Making new keys, and telling your other devices…",
    add: "Add a device",
    alone: "So far the vault is only on this PC. A second device is the best protection against losing it.",
  },
  add: {
    title: "Add a device",
    lead: "The new device gets a full copy of the vault. Have it beside you: both show what to do.",
    mailboxTitle: "Where shall your devices meet?",
    mailbox:
      "Devices exchange their changes through a mailbox. It sees sealed packets, sizes and times, and cannot open any of them.",
    mailboxAddress: "Address of a mailbox",
    mailboxHint: "Yours, or that of somebody you know: https://…",
    mailboxUse: "Use this mailbox",
    mailboxMissing: "Type the address of the mailbox.",
    mailboxOwn: "Start a mailbox on this PC",
    mailboxOwnHint: "Good for trying it out: it reaches other vaults on this same PC.",
    verifyTitle: "Is it you?",
    verify: "Adding a device gives away a copy of all your passkeys. Type your passphrase to go on.",
    verifyAgain: (device: string) =>
      `The code is right. Type your passphrase once more, and ${device} gets its copy.`,
    showCode: "Show the code",
    goOn: "Go on",
    give: "Give it the copy",
    scanTitle: "Show this to the new device",
    scan: "On the new device, start Latchkey and choose “Join a vault I already have”. Then bring this code over in one of these ways:",
    qr: "Code of the invitation; the same is in the text below",
    savePicture: "Save as a picture",
    copyText: "Copy as text",
    textLabel: "Invitation as text",
    renew: "It renews itself each minute. Holding it admits nobody: the six digits are needed, too.",
    last: "This is the last code that comes by itself. It is good for another minute.",
    preparing: "Preparing the code…",
    claimed: "A device took the invitation. Waiting for its name…",
    codeTitle: (device: string) => `${device} wants to join`,
    codeFrom: (platform: string) => `It says that it runs ${platform}.`,
    codeLabel: "The six digits that the new device shows",
    codeCheck: "Check the code",
    codeWords: "The new device names the vault that it joins. It should show the same six words:",
    codeForm: "The code has six digits.",
    codeWrong: (tries: number) =>
      plural(tries, {
        one: "That is not the code that the new device shows. # try left. If somebody told you the code by phone or chat, stop: it is a trick.",
        other:
          "That is not the code that the new device shows. # tries left. If somebody told you the code by phone or chat, stop: it is a trick.",
      }),
    doneTitle: (device: string) => `${device} is one of your devices`,
    done: "It holds a full copy as soon as it has fetched the changes. From now on either of the two can be lost.",
    finish: "Back to the devices",
    again: "Start anew",
    failedTitle: "The device was not added",
  },
  sync: {
    title: "Sync",
    local: "Saved on this PC",
    offline: "Working offline. Everything is saved on this PC.",
    connecting: "Looking for the mailbox…",
    sending: "Sending and fetching",
    settled: "The mailbox has everything",
    upToDate: (n: number) =>
      plural(n, { one: "Up to date on this device", other: "Up to date on all # devices" }),
    waitingFor: (device: string) => `Waiting for ${device}`,
    now: "Sync now",
    idle: "Not in use",
    healing: "The mailbox lost data; this PC is putting it back",
    unreachable: "The mailbox cannot be reached. Your passkeys still work.",
    twice: "A copy of a device exists",
    lead: "Every change is saved here at once. Your other devices get it when they are next online.",
    noMailbox: "This vault has no mailbox: it stays on this PC. One is asked for when you add a device.",
    mailboxes: "Mailboxes",
    lastSettled: (moment: string) => `Last in step ${moment}`,
    never: "Not in step yet",
    fingerprint: "Fingerprint of the content",
    fingerprintHint: "Two devices that show the same six words hold the same vault.",
    entries: (n: number) => plural(n, { one: "# change in this vault", other: "# changes in this vault" }),
    waiting: (n: number) =>
      plural(n, {
        one: "# change waits for another that comes before it.",
        other: "# changes wait for others that come before them.",
      }),
    refused: (n: number) =>
      plural(n, {
        one: "# change that arrived was set aside, because it breaks the rules of the vault.",
        other: "# changes that arrived were set aside, because they break the rules of the vault.",
      }),
    missing: (n: number) =>
      plural(n, {
        one: "Changes of # device are known of and not here yet.",
        other: "Changes of # devices are known of and not here yet.",
      }),
    damaged: (n: number) =>
      plural(n, {
        one: "# change is damaged in the file on this PC. It is fetched again from the mailbox or a device.",
        other:
          "# changes are damaged in the file on this PC. They are fetched again from the mailbox or a device.",
      }),
    seesTitle: "What the mailbox sees",
    sees: [
      "sealed packets, their sizes in steps, and when they came",
      "how many of your devices connect, from which network address, and when",
      "a random number that stands for this vault",
    ],
    seesNotTitle: "What it does not see",
    seesNot: [
      "which sites you use, your names there, your notes and tags",
      "the names of your devices",
      "any key: neither it nor whoever copies its disk can open a packet",
    ],
  },
  settings: {
    title: "Settings",
    language: "Language",
    languages: { auto: "As the browser", en: "English", de: "Deutsch" },
    appearance: "Appearance",
    appearances: { auto: "As the system", light: "Light", dark: "Dark" },
    idle: "Lock by itself when I am away",
    idles: (minutes: number) => plural(minutes, { one: "after # minute", other: "after # minutes" }),
    kept: "These settings are kept in this browser.",
    mailboxes: "Mailboxes",
    mailboxRemove: (origin: string) => `Remove the mailbox ${origin}`,
    mailboxAdd: "Add a mailbox",
    mailboxAdded: "The vault uses this mailbox now.",
    managed: {
      title: "Managed by your organization",
      disableProvider: "Windows does not offer Latchkey when a site asks for a passkey.",
      autoLock: (minutes: number) =>
        plural(minutes, {
          one: "The vault locks after # minute without use.",
          other: "The vault locks after # minutes without use.",
        }),
      forceRelay: (origin: string) => `This PC syncs through the mailbox ${origin} and through no other.`,
      forbidPlainExport: "Passkeys leave this PC in sealed backups alone.",
      forbidAddingDevices: "No further device is added from this PC.",
      requireSecondDevice: "A device that is added here can sign in only when a second device agrees.",
      maxPageAge: (days: number) =>
        plural(days, {
          one: "The recovery page is to be renewed every day.",
          other: "The recovery page is to be renewed every # days.",
        }),
      maxDrillAge: (days: number) =>
        plural(days, {
          one: "The recovery page is to be tested every day.",
          other: "The recovery page is to be tested every # days.",
        }),
      logSink: (folder: string) =>
        `A copy of this PC's activity log, without the names of sites, accounts and devices, goes to ${folder}.`,
      problems: (count: number) =>
        plural(count, {
          one: "One thing that your organization has set does not count. Tell whoever manages this PC.",
          other: "# things that your organization has set do not count. Tell whoever manages this PC.",
        }),
      fixed: "This cannot be changed here.",
    },
  },
  practice: {
    title: "Try it with a practice site",
    lead: "A small website runs inside Latchkey, on this PC: nothing leaves it. It checks your passkey as a site on the internet does.",
    makeTitle: "Make a passkey",
    make: "The site asks for a passkey. Latchkey makes one, and keeps it in this vault.",
    makeNow: "Make the passkey",
    account: "Account name at the practice site",
    accountSuggested: "me",
    signInTitle: "Sign in with it",
    signIn:
      "The site sends a question that nobody asked before. Your passkey signs it, after you said that it is you.",
    signInNow: "Sign in",
    verify: "Type your passphrase: with it you say that it is you. The site never sees it.",
    made: (name: string) => `The site knows you as ${name} now.`,
    signedIn: (n: number) =>
      plural(n, { one: "Signed in. That was # time so far.", other: "Signed in. That was # times so far." }),
    learntTitle: "What the site learnt",
    learnt: (name: string, key: string) => [
      `the account name: ${name}`,
      `a public key, whose fingerprint begins with ${key}`,
      "that you confirmed it was you",
    ],
    learntKind: (kind: string) => `the kind of program that made it: ${kind}`,
    learntCopies: "that there may be copies of the passkey on other devices",
    learntNoCopies: "that the passkey says to be on one device only",
    notLearntTitle: "What it did not learn",
    notLearnt: [
      "your passphrase, or the private key",
      "which other passkeys you have",
      "anything by which another site could tell that it is you",
    ],
  },
  practiceSite: {
    title: "Practice site",
    lead: "A website on this machine, to see what a passkey does. It forgets everything when it ends.",
    make: "The site asks your browser for a passkey. Which program answers is your system's choice.",
    signIn: "The site sends a question that nobody asked before. The passkey signs it.",
    refused: "Your browser made no answer: it was cancelled, or it has no place for passkeys.",
    tooOld: "This browser is too old for this page. Try another one, or a newer version.",
  },
  about: {
    title: "About Latchkey",
    lead: "A passkey vault that lives on your own devices.",
    isTitle: "What it does",
    is: [
      "It keeps your passkeys on this PC and on every device that you add, and signs here.",
      "It works with the network cable out: sign in, create, edit, delete.",
      "Edits that devices made apart are merged field by field. Where two changed the same field, you are shown both values.",
    ],
    isNotTitle: "What it cannot do",
    isNot: [
      "Be a phone's passkey provider: on a phone it keeps a copy, shows, approves and recovers; your PC signs in.",
      "Erase what a lost device already held.",
      "Protect you from a malicious program that runs as you on this PC.",
      "Help without your passphrase: there is no account, so there is nothing on a server to reset.",
    ],
    noNews:
      "Latchkey sends nothing to anybody but the mailboxes that you chose: no telemetry, no icons fetched from sites, no update check.",
  },
};
