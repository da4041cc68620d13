/** English: what was done with the vault, and what is to be replaced after a device was lost. */
import { createPlural } from "./plural.ts";

const plural = createPlural("en");

export const ACTIVITY_WORDS_EN = {
  activity: {
    title: "Activity",
    lead: "What was done with the vault, on every device. Each device signs its lines; those of the others come in about once a day.",
    open: "Show what was done with the vault",
    device: "Device",
    kind: "What",
    all: "All",
    none: "Nothing of that kind was done in the last 90 days, or it has not arrived yet.",
    whole: (lines: number) =>
      plural(lines, {
        one: "# entry, unbroken, checked just now.",
        other: "# entries, unbroken, checked just now.",
      }),
    brokenTitle: (name: string) => `The log of ${name} is not whole`,
    broken: (problems: number) =>
      plural(problems, {
        one: "One line is missing or was changed.",
        other: "# lines are missing or were changed.",
      }),
    brokenHint: "“latchkey audit verify” names each of them.",
    unknownDevice: "a device that is gone",
    unknownPasskey: "a passkey that is not in the vault any more",
    passkey: (site: string, user: string | null) => (user === null ? site : `${site} as ${user}`),
    on: (device: string, moment: string) => `on ${device}, ${moment}`,
    kinds: {
      unlock: () => "Opened the vault",
      create: (passkey: string) => `Made a passkey for ${passkey}`,
      "sign-in": (passkey: string) => `Signed in to ${passkey}`,
      denied: () => "A sign-in was denied",
      edit: (passkey: string) => `Changed ${passkey}`,
      delete: (passkey: string) => `Moved ${passkey} to the trash`,
      restore: (passkey: string) => `Took ${passkey} out of the trash`,
      purge: (passkey: string) => `Erased ${passkey} for good`,
      backup: () => "Made a sealed backup",
      "device-added": (_: string, device: string) => `Added ${device}`,
      "device-removed": (_: string, device: string) => `Removed ${device}`,
      "device-approved": (_: string, device: string) => `Let ${device} sign in`,
      "page-made": () => "Made a recovery page",
      "page-tested": () => "Tested the recovery page",
      "page-used": () => "Opened the vault with the recovery page",
      "keys-changed": () => "Changed the keys of the vault",
      "settings-changed": () => "Changed a setting",
      "policy-changed": () => "The rules of the organization changed",
      "provider-on": () => "Turned Latchkey on in Windows",
      "provider-off": () => "Turned Latchkey off in Windows",
    },
    counted: {
      "unlock-failed": (count: number) =>
        plural(count, {
          one: "# wrong passphrase before the right one",
          other: "# wrong passphrases before the right one",
        }),
      import: (count: number) => plural(count, { one: "Imported # passkey", other: "Imported # passkeys" }),
      export: (count: number) => plural(count, { one: "Exported # passkey", other: "Exported # passkeys" }),
    },
    other: (kind: string) => `Something that this version has no words for: ${kind}`,
  },
  replace: {
    title: (device: string) => `Replace what ${device} had`,
    left: (open: number, total: number) =>
      `${open} of ${total} are still to be replaced. Until then they work on that device.`,
    allDone: (total: number) =>
      plural(total, { one: "The one passkey is replaced.", other: "All # passkeys are replaced." }),
    steps:
      "At each site: sign in here, add a new passkey, try it, remove the old one from the account. Then mark it here.",
    kept: "How far you have come is kept in the vault: any of your devices goes on.",
    found: "You found it again? Add it like a new device. It does not come back by itself.",
    noticeTitle: (device: string) => `${device} is lost`,
    notice: (open: number) =>
      plural(open, {
        one: "It may still hold # passkey that is to be replaced.",
        other: "It may still hold # passkeys that are to be replaced.",
      }),
    go: "Go through them",
    reasons: {
      mail: "mail",
      domain: "domain",
      bank: "money",
      work: "work",
      favourite: "favourite",
      "used-there": "used on that device",
    },
    done: "Replaced",
    gone: "In the trash",
    markDone: "Mark as replaced",
    markOpen: "Not replaced after all",
    find: "Ask the site for its page",
    asked: "The site does not say where. Look in its settings, often under security.",
    toSite: "Open the site",
    toEnroll: "Add a passkey at the site",
    toManage: "Manage passkeys at the site",
  },
};
