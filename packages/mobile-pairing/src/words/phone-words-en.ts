/** English texts that only the phone app has (experience.md § 6, § 8). */
import { createPlural } from "@latchkey/web-ui/words/plural";

const plural = createPlural("en");

export const PHONE_WORDS_EN = {
  start: {
    title: "Add this phone to your vault",
    lead: "It gets a full copy of your passkeys: to look them up, to change them, and so that either device can be lost.",
    honest:
      "It cannot sign in for other apps on this phone: a web app may not be the phone's passkey provider. Your PC does that.",
    begin: "Add this phone",
    cleared:
      "Was there a copy on this phone before? The browser has cleared it. Your vault is safe on your other devices: add the phone again.",
  },
  install: {
    title: "Install it first",
    why: "Installed, Latchkey keeps its copy. A page in a tab can be cleared by the browser after some days without use.",
    button: "Install Latchkey",
    ios: "Press Share, then “Add to Home Screen”, and open Latchkey there. Add the phone inside of the installed app: the app and this tab do not share what they keep.",
    other: "Choose “Install app” or “Add to home screen” in the browser's menu, and open Latchkey there.",
  },
  opened: {
    title: "This code is read inside of Latchkey",
    text: "The camera app opened it here, and nothing was used up. Install Latchkey, open it, press “Scan the code”, and scan the code again.",
  },
  name: {
    title: "Name and lock of this phone",
    label: "Name of this phone",
    hint: "Only your other devices see it.",
    missing: "Give this phone a name.",
    lock: "How Latchkey is opened on this phone",
    byDevice: "With the phone's own lock",
    byDeviceHint: "Your finger, face or PIN, asked for by the phone. Nothing to remember.",
    byPassphrase: "With a passphrase",
    byPassphraseHint: "Works on every phone.",
    next: "Go on",
    noPrf: "The lock of this phone cannot protect a vault from within a browser. Choose a passphrase.",
  },
  bring: {
    title: "Bring the code over",
    lead: "On your PC: Devices, “Add a device”, then “Add a phone”. It shows a code that is good for a minute.",
    scan: "Scan the code",
    picture: "Choose a picture of the code",
    paste: "Or paste the invitation",
    pasteUse: "Join with this text",
    noCode: "There is no code in this picture that can be read. Take it from closer, and straight on.",
    empty: "Paste the invitation that your PC shows as text.",
    other: "Without a camera or a code",
    otherTitle: "Join without a camera",
    join: "Join the vault",
  },
  joining: {
    preparing: "The phone will ask for your finger, face or PIN, so that it can open the vault later.",
    failed: "This phone was not added",
    again: "Try again",
  },
  unlock: {
    title: "Latchkey is locked",
    lead: "Your passkeys are safe on this phone. Nothing of them is shown until you open it.",
    byDevice: "The phone will ask for your finger, face or PIN.",
    open: "Open the vault",
    opening: "Opening …",
    cannot: "I cannot open it any more",
    cannotText:
      "If the phone's lock was set up anew or the passphrase is gone, erase the copy of this phone and add it again. The vault on your other devices is not touched.",
    erase: "Erase the copy of this phone",
    eraseAsk:
      "Only what is on this phone is erased; changes that no other device has are lost. Add it again afterwards.",
    eraseNow: "Erase this copy",
  },
  lost: {
    title: "This phone lost its copy",
    text: (count: number): string =>
      plural(count, {
        one: "The browser cleared what Latchkey kept here. Your vault is safe on # other device.",
        other: "The browser cleared what Latchkey kept here. Your vault is safe on # other devices.",
      }),
    next: "Add the phone again. On another device, remove the phone's old entry from the list.",
    again: "Add this phone again",
  },
  elsewhere: {
    title: "Latchkey is open in another tab",
    text: "One page at a time holds the vault. Close the other one, and this page goes on by itself.",
  },
  update: {
    text: "A new version of Latchkey is here.",
    reload: "Load it now",
  },
};
