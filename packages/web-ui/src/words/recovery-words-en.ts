/** English texts of the app about recovery pages (see `words-en.ts` for the rules). */
import { PAGE_WORDS_EN } from "@latchkey/core/words/page-words";
import { createPlural } from "./plural.ts";

const plural = createPlural("en");

export const RECOVERY_WORDS_EN = {
  paper: PAGE_WORDS_EN,
  recovery: {
    remindMake: "Make a recovery page",
    remindTest: "Test your recovery page",
    remindTitle: "Your recovery page wants a test",
    remindLong: "It was last tested more than half a year ago. Testing opens nothing.",
    title: "Recovery page",
    lead: "A sheet of paper that brings your passkeys back when every device is gone. It needs none of your devices, and no account.",
    open: "Make or test your recovery page",
    none: "There is no recovery page yet",
    noneText:
      "If all of your devices are lost, so are your passkeys. Making a page takes two minutes and a printer.",
    made: (when: string) => `Made on ${when}.`,
    isWhole: "One page, which opens the vault alone.",
    isSplit: "Three pages, any two of which open the vault.",
    untested: "It was never tested.",
    tested: (when: string) => `Last tested on ${when}.`,
    testDue: "That is long ago: test it again.",
    exposed: "Make a new page",
    exposedText:
      "A device was removed after this page was made. With a backup file the page works as before; with the mailbox alone that device could spoil it.",
    make: "Make the page",
    makeNew: "Make a new page",
    one: "One page. It opens the vault alone: keep it like cash.",
    three: "Three pages. Any two open the vault, one alone opens nothing: keep them in three places.",
    makeTitle: "Make a recovery page?",
    makeText:
      "Whoever has the page has your passkeys. It is shown once, to be printed, and is kept nowhere else.",
    makeNewText:
      "Whoever has the page has your passkeys. The page that you have now is dead from then on: destroy it.",
    making: "Making the page…",
    coming: "Your passkeys are back. Now your new recovery page is being made…",
    comingFailed: "Your passkeys are back, but the new page could not be made",
    newTitle: (count: number) => plural(count, { one: "Your recovery page", other: "Your # recovery pages" }),
    newWhole: "This page opens the vault alone. Keep it like cash.",
    newSplit: "Any two of the three pages open the vault. Keep them in different places.",
    oldDead: "The page of before is dead. Destroy it.",
    oldWaits:
      "The page of before still opens the vault until the mailbox can be reached. Destroy it all the same.",
    locatorWaits:
      "The mailbox could not be reached just now. Until it is, the page needs a backup file to bring your passkeys back.",
    locatorNone: "This vault has no mailbox, so the page needs a backup file to bring your passkeys back.",
    printWarning:
      "Print it on a printer that you trust, and look that nobody stands behind you. Once you leave this screen the page is on paper, or nowhere.",
    show: (count: number) => plural(count, { one: "Show the page", other: "Show the # pages" }),
    print: "Print it",
    putAway: "I have it on paper: put it away",
    firstCode: "Code of the page. The same stands below in ten groups.",
    secondCode: "The same code once more, should the other one be worn.",
    testTitle: "Test your page",
    testText:
      "Type or scan the page as you keep it. Nothing is opened: you learn whether it would bring back every passkey.",
    groups: "The ten groups of the page",
    secondPage: "The ten groups of another page",
    groupsHint: "With spaces or without. The last character of each group tells a typing error.",
    groupsMissing: (count: number) =>
      plural(count, { one: "# of ten groups is here.", other: "# of ten groups are here." }),
    wrongGroups: (groups: string) => `Not as it was printed: group ${groups}.`,
    choosePicture: "Choose a picture of the page’s code",
    pictureUnread: "There is no code to be read in that picture. Type the groups instead.",
    test: "Test the page",
    testing: "Testing the page…",
    works: "The page works",
    worksNot: "The page does not open everything",
    age: (days: number) =>
      days === 0 ? "Made today." : plural(days, { one: "Made # day ago.", other: "Made # days ago." }),
    opens: (opens: number, passkeys: number) => `It will open ${opens} of ${passkeys} passkeys.`,
  },
  restore: {
    title: "Restore from a recovery page",
    titleHint: "Every device is gone, and you have the page. None of the old devices is needed.",
    page: "Your recovery page",
    rest: "Where the rest of the vault is",
    mailbox: "Address of the mailbox",
    mailboxHint: "It stands on the page. Leave it out where you have a backup file.",
    backup: "Choose a backup file",
    backupChosen: (name: string) => `Backup file: ${name}`,
    restMissing: "Give the address of the mailbox, or choose a backup file.",
    go: "Restore the vault",
    restoring: "Looking for your vault. This can take a minute…",
    foundTitle: "The page opens your vault",
    found: (count: number) => plural(count, { one: "# passkey is in it.", other: "# passkeys are in it." }),
    notCurrent: "This is how it was when it was last saved: no mailbox could be asked for what came later.",
    lost: "Which of the old devices are lost?",
    lostHint:
      "Tick each one that you have no more: it gets nothing new from now on. What it held still works on it until you replace it at the sites.",
    addedOn: (when: string) => `added on ${when}`,
    lostGo: "Restore on this PC",
  },
  backup: {
    title: "Backups on this PC",
    text: "A sealed file in a folder that you choose, made by itself when something has changed, and read back each time.",
    opensDevices: "Your devices open it. Make a recovery page, so that it helps when all of them are gone.",
    opensPage: "Your recovery page opens it, and so does each of your devices.",
    folder: "Folder for backups",
    folderHint: "In full. A stick or a drive that is elsewhere at night is best.",
    folderMissing: "Name the folder.",
    choose: "Use this folder",
    chooseTitle: "Keep backups in this folder?",
    chooseText: (folder: string) => `One is made now, in ${folder}.`,
    rhythm: (hours: number, copies: number) =>
      `At most every ${hours} hours while something changes; the newest ${copies} are kept.`,
    run: "Make a backup now",
    running: "Writing and reading back…",
    made: (when: string) => `${when}: whole when it was made`,
    check: "Check it again",
    checkOne: (when: string) => `Check it again: the backup of ${when}`,
    checking: "Checking…",
    whole: "Whole: every seal and signature is right.",
  },
};
