/**
 * English texts for people, one for each error code: `text` says what happened and what it means (at most two sentences),
 * `hint` says what to do next. The code itself and the developer's message are shown small beside them, never instead.
 *
 * Words: mailbox (not relay), copy (not replica), code (not SAS). The command line lowers the case of the beginning for its own voice.
 */
import type { ErrorCode } from "../errors.ts";

export const ERROR_TEXTS_EN: Record<ErrorCode, { readonly text: string; readonly hint: string }> = {
  "LK-CBOR-INVALID": {
    text: "The data does not have the exact form that is expected. Nothing of it was used.",
    hint: "Get the data from its source again; if it stays so, run `latchkey doctor`.",
  },

  "LK-KEY-PASSPHRASE-WRONG": {
    text: "That passphrase does not open this vault. Nothing was changed.",
    hint: "Check the keyboard layout and caps lock, then try again.",
  },
  "LK-KEY-WAIT": {
    text: "There were several wrong tries, so the next one has to wait. Your vault is safe.",
    hint: "Wait until the time shown is over, then try again.",
  },
  "LK-KEY-DAMAGED": {
    text: "The stored key of this vault is damaged on this device. Your other devices are not affected.",
    hint: "Keep the file, and add this device again from another one of yours.",
  },
  "LK-KEY-SECRET-REFUSED": {
    text: "The private key of a passkey does not belong to its record. It was not used.",
    hint: "Use this passkey from another of your devices, and run `latchkey doctor` here.",
  },
  "LK-KEY-HELLO-GONE": {
    text: "Windows Hello was set up anew, so its key for this vault is gone. Nothing is lost: the passphrase opens the vault.",
    hint: "Run `latchkey provider enable` and give the passphrase; Windows Hello then opens the vault again.",
  },
  "LK-KEY-HELLO-UNFIT": {
    text: "Windows Hello on this machine does not give the same answer twice, so no vault can be entrusted to it. Nothing was changed.",
    hint: "Go on with the passphrase, and run `latchkey doctor windows`.",
  },

  "LK-VAULT-LOCKED": {
    text: "The vault is locked. Nothing can be shown or signed until you open it.",
    hint: "Run `latchkey unlock`.",
  },
  "LK-VAULT-IN-USE": {
    text: "Another program has this vault open. Two programs never write one vault.",
    hint: "Use the running Latchkey, or stop it and try again.",
  },
  "LK-VAULT-NOT-A-VAULT": {
    text: "This file is not a Latchkey vault. It was not changed.",
    hint: "Check the path that you gave with --vault.",
  },
  "LK-VAULT-MISSING": {
    text: "There is no vault here yet.",
    hint: "Make one with `latchkey init`, or join one that you have with `latchkey device join`.",
  },
  "LK-VAULT-EXISTS": {
    text: "There is already a vault here. It was not touched.",
    hint: "Use this vault, or choose another place with --vault.",
  },
  "LK-VAULT-NEWER": {
    text: "A newer version of Latchkey wrote this vault. This version does not change it.",
    hint: "Update Latchkey on this device.",
  },
  "LK-VAULT-DISK-FULL": {
    text: "The disk is full, so the last change was not saved. Everything before it is safe.",
    hint: "Free some space and do the change again.",
  },
  "LK-VAULT-FILE": {
    text: "The vault file cannot be read or written here. Nothing was changed.",
    hint: "Check that the folder and the file are yours and that the disk is not read-only or failing.",
  },
  "LK-VAULT-DAMAGED": {
    text: "A part of the vault file is damaged. The rest opens and is shown.",
    hint: "Keep the file, let this device sync with another one, then run `latchkey doctor`.",
  },
  "LK-VAULT-NOT-FOUND": {
    text: "There is no such item in this vault.",
    hint: "See what there is with `latchkey passkey list`, `latchkey device list` or `latchkey conflict list`.",
  },
  "LK-VAULT-AMBIGUOUS": {
    text: "More than one item fits that. Nothing was changed.",
    hint: "Give more of the id, or write it as site/user.",
  },
  "LK-VAULT-LIMIT": {
    text: "That is larger than a vault can take. Nothing was changed.",
    hint: "Make it shorter; the limit is in the details.",
  },

  "LK-ENTRY-TOO-LARGE": {
    text: "A change is too large to be saved in one piece. Nothing was changed.",
    hint: "Make the text shorter, or do the change in smaller steps.",
  },
  "LK-ENTRY-MALFORMED": {
    text: "A change that arrived does not have the expected form. It was set aside, and your vault is unchanged.",
    hint: "Nothing to do if it happens once; if it comes back, run `latchkey doctor`.",
  },
  "LK-ENTRY-SIGNATURE": {
    text: "A change that arrived was not made by the device that it names. It was set aside, and your vault is unchanged.",
    hint: "Look at your devices with `latchkey device list`; if it comes back, use another mailbox.",
  },
  "LK-ENTRY-SEAL": {
    text: "A change that arrived cannot be opened with the keys of this vault. It was set aside, and your vault is unchanged.",
    hint: "Nothing to do if it happens once; if it comes back, run `latchkey doctor`.",
  },
  "LK-ENTRY-EPOCH": {
    text: "A change that arrived belongs to another key period of this vault. It was set aside.",
    hint: "Bring your other devices online, so that all of them use the same keys.",
  },
  "LK-ENTRY-CHANGE": {
    text: "A change that arrived is damaged inside. It was set aside, and your vault is unchanged.",
    hint: "Bring the device that made it online, so that it can send the change again.",
  },
  "LK-ENTRY-FORBIDDEN": {
    text: "A change that arrived tried to overwrite something that never changes. It was set aside, and your vault is unchanged.",
    hint: "Find out which device made it; if it is not yours, stop using that device.",
  },

  "LK-EPOCH-MALFORMED": {
    text: "The list of your devices arrived in a form that is not understood. It was not used.",
    hint: "Update Latchkey on all your devices, then sync again.",
  },
  "LK-EPOCH-SIGNATURE": {
    text: "A change to the list of your devices was not signed by one of them. It was not used.",
    hint: "Look at your devices with `latchkey device list`, and use another mailbox if it comes back.",
  },
  "LK-EPOCH-SEAL": {
    text: "The keys that were sent to this device cannot be opened by it. They were not used.",
    hint: "Sync again; if it stays so, add this device again.",
  },
  "LK-EPOCH-SNAPSHOT": {
    text: "The copy of the vault that arrived is not complete and genuine. It was not used.",
    hint: "Try again while another of your devices is online, so that it can send a good copy.",
  },
  "LK-EPOCH-STATE": {
    text: "A device changed the keys of the vault, and what it passed on is not what the vault holds. It was not used.",
    hint: "Find out which device did it with `latchkey device list`; if it is not yours, remove it.",
  },
  "LK-EPOCH-CONTACT": {
    text: "The keys can only be changed while your mailbox can be reached, so that no device is shut out. Nothing was changed.",
    hint: "Try again when you are online.",
  },
  "LK-EPOCH-INTENDED": {
    text: "No mailbox can be reached, so it has not happened yet. It is kept, and happens at the next contact, as soon as you are verified for anything.",
    hint: "Nothing to do; `latchkey intent list` shows it, `latchkey intent withdraw` takes it back.",
  },
  "LK-EPOCH-REMOVED": {
    text: "This device was removed from the vault. It keeps what it had, and gets nothing new.",
    hint: "If you did not do this, look at the vault on another of your devices; to use it again, add this device anew.",
  },
  "LK-EPOCH-PROBATION": {
    text: "This device is new and still on probation: it shows the passkeys and does not sign yet. The details say from when.",
    hint: "Wait until the time has passed, or run `latchkey device approve` on another device.",
  },
  "LK-EPOCH-SECOND-DEVICE": {
    text: "This takes a second device of the vault that agrees. Nothing was changed.",
    hint: "Run the same command on another device; if there is none, add one with `latchkey device add`.",
  },

  "LK-SYNC-NO-RELAY": {
    text: "This vault has no mailbox. It works on this device and reaches no other one.",
    hint: "Add one with `latchkey relay add`.",
  },
  "LK-RELAY-UNREACHABLE": {
    text: "The mailbox cannot be reached. Your passkeys still work, and everything is saved on this device.",
    hint: "Nothing to do: Latchkey tries again by itself when the network is back.",
  },
  "LK-RELAY-REFUSED": {
    text: "The mailbox did not accept this vault. Your passkeys still work, and everything is saved on this device.",
    hint: "Ask who runs the mailbox, or use another one.",
  },
  "LK-RELAY-VERSION": {
    text: "The mailbox and this version of Latchkey do not understand each other. Your passkeys still work.",
    hint: "Update Latchkey, or ask who runs the mailbox to update it.",
  },
  "LK-RELAY-PROTOCOL": {
    text: "The mailbox sent something that makes no sense. The connection was closed, and your vault is unchanged.",
    hint: "Nothing to do if it happens once; if it comes back, use another mailbox.",
  },
  "LK-RELAY-ORIGIN": {
    text: "The mailbox says that it has another address than the one that was called. Nothing was sent to it.",
    hint: "Check the address; whoever runs the mailbox has to set its public address.",
  },
  "LK-RELAY-AUTH": {
    text: "The mailbox did not accept the proof that this vault belongs to you. Your passkeys still work.",
    hint: "Sync with another of your devices; if it stays so, run `latchkey doctor`.",
  },
  "LK-RELAY-ADMISSION": {
    text: "The mailbox takes new vaults by invitation. Your passkeys still work, and everything is saved on this device.",
    hint: "Ask who runs the mailbox for its address with an invitation in it, and give it to `latchkey relay add`.",
  },
  "LK-RELAY-QUOTA": {
    text: "The mailbox is full for this vault. Your passkeys still work, and everything is saved on this device.",
    hint: "Ask who runs the mailbox for more room, or use another one.",
  },
  "LK-RELAY-RATE": {
    text: "The mailbox asks this device to slow down. Everything is saved on this device.",
    hint: "Nothing to do: Latchkey waits and tries again by itself.",
  },
  "LK-RELAY-FRAME": {
    text: "A message was larger than the mailbox takes. It was not sent on, and nothing is lost.",
    hint: "Update Latchkey on this device; if it stays so, report it.",
  },
  "LK-RELAY-HANDSHAKE-TIMEOUT": {
    text: "The connection to the mailbox took too long to begin. Your passkeys still work.",
    hint: "Nothing to do: Latchkey tries again by itself.",
  },
  "LK-RELAY-STORE": {
    text: "The mailbox could not store anything just now. Everything is saved on this device.",
    hint: "Nothing to do: Latchkey tries again; if it stays so, tell whoever runs the mailbox.",
  },
  "LK-RELAY-RESTART": {
    text: "The mailbox is restarting. Everything is saved on this device.",
    hint: "Nothing to do: Latchkey connects again in a moment.",
  },
  "LK-RELAY-SLOW": {
    text: "This device took too long to receive, so the mailbox closed the connection. Nothing is lost.",
    hint: "Nothing to do: Latchkey connects again and fetches the rest.",
  },
  "LK-RELAY-CONFIG": {
    text: "A setting of the mailbox is not valid, so it did not start.",
    hint: "Correct the setting that is named in the details.",
  },
  "LK-RELAY-GONE": {
    text: "The mailbox no longer has what was asked for. Your vault on this device is complete.",
    hint: "Nothing to do for a sync; when pairing, show a new code.",
  },
  "LK-RELAY-EVIDENCE": {
    text: "This file is not what a device of a vault noted about a mailbox, or it was changed since. It shows nothing.",
    hint: "Get the file again from the device that made it.",
  },

  "LK-EXPORT-DAMAGED": {
    text: "This copy of a vault is damaged, cut off or something else. Nothing of it was used.",
    hint: "Make it again with `latchkey log export`, and keep the damaged one until the new one is there.",
  },
  "LK-EXPORT-KEY": {
    text: "The keys here do not open this copy. It belongs to another vault, or to a time before this device was added.",
    hint: "Use a device or a recovery page that belongs to the vault of this copy.",
  },
  "LK-EXPORT-FILE": {
    text: "The copy cannot be written or read there. Nothing that is there was changed.",
    hint: "Choose a new name in a folder that is yours, on a disk with space left.",
  },
  "LK-EXPORT-UNCONFIRMED": {
    text: "The sentence that says what this file can do was not typed as it stands. Nothing was written.",
    hint: "Type it as it is shown, or export sealed: that needs no sentence.",
  },

  "LK-IMPORT-FILE": {
    text: "The file cannot be read. Nothing was changed.",
    hint: "Check its name, and that you may read it.",
  },
  "LK-IMPORT-FORMAT": {
    text: "This is no export of passkeys that Latchkey knows. Nothing was changed.",
    hint: "Export as CXF, Bitwarden JSON or KeePassXC there; docs/moving.md says how for each program.",
  },
  "LK-IMPORT-BOUND": {
    text: "Only the program and account that made this file can open it. Nothing was changed.",
    hint: "Export again without encryption, or with a password of its own.",
  },
  "LK-IMPORT-VERSION": {
    text: "This file is of a version of its format that Latchkey does not know. Nothing was changed.",
    hint: "Export again in another format, or use a newer Latchkey.",
  },
  "LK-IMPORT-PASSWORD": {
    text: "That password does not open the file. Nothing was changed.",
    hint: "It is the one that was set when the file was made; check the keyboard layout and try again.",
  },
  "LK-IMPORT-KDF": {
    text: "Opening this file would cost more than any honest one does, or in a way that is not known. Nothing was changed.",
    hint: "Export again with the usual settings of the program.",
  },
  "LK-IMPORT-DAMAGED": {
    text: "This file is damaged or cut off. Nothing was changed.",
    hint: "Export again, and keep the old program until the import has worked.",
  },
  "LK-IMPORT-TOO-LARGE": {
    text: "This file is larger than any export of passkeys. Nothing was changed.",
    hint: "Export passkeys alone, or in several files.",
  },
  "LK-IMPORT-STOPPED": {
    text: "Another device changed the vault's keys while the import ran, so it stopped. What came in until then is whole and stays.",
    hint: "Import the same file again: it goes on with the rest.",
  },
  "LK-IMPORT-BATCH": {
    text: "There is no import that can be undone: none is younger than 24 hours. Nothing was changed.",
    hint: "Move single passkeys to the trash with `latchkey passkey rm`.",
  },

  "LK-RECOVERY-MALFORMED": {
    text: "This is not a recovery page of Latchkey, or a part of it is missing. Nothing was changed.",
    hint: "Type all ten groups as they are printed, or scan the picture again.",
  },
  "LK-RECOVERY-TYPO": {
    text: "A group is not as it was printed; its number is in the details. Nothing was changed.",
    hint: "Look at that group on the page again, character by character.",
  },
  "LK-RECOVERY-SHARES": {
    text: "These pages do not make one secret: one page of a set of three is not enough, and pages of two sets do not go together. Nothing was changed.",
    hint: "Bring any two different pages that have the same date and belong to one set of three.",
  },
  "LK-RECOVERY-OTHER": {
    text: "This page belongs to another vault, or was never completed. It opens nothing here.",
    hint: "Look for the page of this vault, or make one with `latchkey recovery create`.",
  },
  "LK-RECOVERY-DEAD": {
    text: "This page is dead: a newer one took its place. It opens nothing any more.",
    hint: "Destroy it, and use the newest page; make one with `latchkey recovery create` if there is none.",
  },
  "LK-RECOVERY-NOTHING": {
    text: "No mailbox has anything for this page. The page may be right, but it does not open the vault alone without a mailbox or a backup file.",
    hint: "Check the mailbox address, try again later, or give a backup file with --backup.",
  },
  "LK-RECOVERY-BACKUP": {
    text: "This backup does not open with what was given. It may be of another vault, or older than the page.",
    hint: "Try a newer backup file, or the page or passphrase that it was made for.",
  },

  "LK-PAIR-MALFORMED": {
    text: "This is not an invitation to a vault, or only a part of one. Nothing was changed.",
    hint: "Show the code again on the other device, and scan or paste all of it.",
  },
  "LK-PAIR-EXPIRED": {
    text: "This invitation is too old. Nothing was changed.",
    hint: "Show a new one with `latchkey device add` on the other device.",
  },
  "LK-PAIR-REPLAYED": {
    text: "This invitation was used before, and each one works once. Nothing was changed.",
    hint: "Show a new one with `latchkey device add` on the other device.",
  },
  "LK-PAIR-CROWDED": {
    text: "Somebody else scanned the same invitation. It was given up, and nobody was added.",
    hint: "Show a new one where nobody else can see the screen.",
  },
  "LK-PAIR-WORDS-WRONG": {
    text: "Those are not the words that the other device shows, and each number takes one try. Nobody was added.",
    hint: "Begin again on the other device, and type the new number and words.",
  },
  "LK-PAIR-NO-WORDS": {
    text: "The mailbox gives no number for words, or has none free now. Nothing was changed.",
    hint: "Use the code in its place, or another mailbox.",
  },
  "LK-PAIR-ELSEWHERE": {
    text: "The new device waits at a mailbox that this vault does not use. Nothing was changed.",
    hint: "Give the new device the address of a mailbox of this vault, and scan its new code.",
  },
  "LK-PAIR-CODE-WRONG": {
    text: "That is not the code that the new device shows. If somebody told you the code by phone or chat, stop: it is a trick.",
    hint: "Read the code from the new device's own screen and type it again.",
  },
  "LK-PAIR-CODE-LIMIT": {
    text: "The code was wrong three times. The invitation was given up, and nobody was added.",
    hint: "Begin again with `latchkey device add`.",
  },
  "LK-PAIR-CHANGED": {
    text: "A message between your devices was changed on its way. The pairing was stopped, and nobody was added.",
    hint: "Begin again; if it comes back, use another mailbox.",
  },
  "LK-PAIR-HAS-VAULT": {
    text: "This device already has a vault, and joining another one would replace it. Nothing was changed.",
    hint: "Join with another --vault, or on another device.",
  },
  "LK-PAIR-VERSION": {
    text: "The two devices have versions of Latchkey that cannot pair. Nobody was added.",
    hint: "Update Latchkey on both devices.",
  },
  "LK-PAIR-CANCELLED": {
    text: "The pairing was stopped on one of the two devices. Nobody was added.",
    hint: "Begin again with `latchkey device add` when you want to.",
  },

  "LK-AUTH-DENIED": {
    text: "It was not confirmed that it was you. Nothing was signed or changed.",
    hint: "Try again and confirm.",
  },
  "LK-AUTH-TIMEOUT": {
    text: "The time to confirm ran out. Nothing was signed or changed.",
    hint: "Start the sign-in again.",
  },
  "LK-AUTH-CANCELLED": {
    text: "The program that asked for the sign-in stopped it. Nothing was signed or changed.",
    hint: "Start the sign-in again when you want to.",
  },
  "LK-AUTH-NO-CREDENTIALS": {
    text: "This vault has no passkey for that site.",
    hint: "Make one at the site, or let this device sync with the one that has it.",
  },

  "LK-WINDOWS-NONE": {
    text: "This is not Latchkey for Windows, so there is nothing here that Windows could offer passkeys from.",
    hint: "On Windows 11, install the package and run the command there; everything else works here too.",
  },
  "LK-WINDOWS-OLD": {
    text: "This Windows has no passkey providers yet. Everything else of Latchkey works here.",
    hint: "Install the updates of Windows 11 24H2 or 25H2, then run `latchkey doctor windows`.",
  },
  "LK-WINDOWS-PACKAGE": {
    text: "Latchkey runs without package identity, and Windows lists only packages as passkey providers. Nothing was changed.",
    hint: "Install the MSIX package of Latchkey, and run its own `latchkey doctor windows`.",
  },
  "LK-WINDOWS-REMOTE": {
    text: "This is a remote session, where Windows allows no passkey provider. Nothing was changed.",
    hint: "Sign in at the machine itself, and run the command there.",
  },
  "LK-WINDOWS-REFUSED": {
    text: "Windows refused. The code is in the details; your passkeys are not affected.",
    hint: "Run `latchkey doctor windows`: it looks at every link and names the one that is broken.",
  },
  "LK-WINDOWS-VAULT": {
    text: "Windows offers passkeys from one vault for each person: the one in its usual place. Nothing was changed.",
    hint: "Leave --vault and LATCHKEY_VAULT out.",
  },
  "LK-BROWSER-BUSY": {
    text: "Latchkey is answering another website, and asks you about one at a time. This request was turned down.",
    hint: "Answer the open request, then try again at the website.",
  },
  "LK-BROWSER-CALLER": {
    text: "Something other than Latchkey's own browser extension asked for passkeys. It got none.",
    hint: "Load the folder that `latchkey browser install` names, and no other.",
  },
  "LK-BROWSER-MESSAGE": {
    text: "A message between the browser and Latchkey is malformed. The request was turned down, nothing was changed.",
    hint: "Run `latchkey browser install` again and reload the extension, so that both are of one version.",
  },
  "LK-BROWSER-FILES": {
    text: "A file that the browser needs cannot be written or removed. Your vault was not touched.",
    hint: "Check the folder that is named, then run the command again.",
  },
  "LK-POLICY-FORBIDDEN": {
    text: "The organization that manages this device does not allow that here. Nothing was changed.",
    hint: "Ask whoever manages the device; `latchkey status` names what is set.",
  },

  "LK-CLI-USAGE": {
    text: "The command was not understood. Nothing was done.",
    hint: "See `latchkey --help`, or `latchkey <command> --help`.",
  },
  "LK-CLI-NO-INPUT": {
    text: "The command needs an answer, and nobody can be asked here. Nothing was done.",
    hint: "Run it in a terminal, or give the answer as an option.",
  },
  "LK-CLI-SECRET-EXPOSED": {
    text: "A secret was given on the command line or in the environment, where other programs can read it. It was not used.",
    hint: "Clear it from the history of your shell, and use the prompt, --passphrase-stdin or --passphrase-fd.",
  },
  "LK-CLI-CANCELLED": {
    text: "You stopped this. Nothing was changed.",
    hint: "Run the command again when you want to.",
  },
  "LK-CLI-TIMEOUT": {
    text: "It took longer than the time that was given. What was done until then is saved.",
    hint: "Try again, or give more time with --timeout.",
  },
  "LK-CLI-HOST": {
    text: "The Latchkey that runs on this device did not answer as expected. Nothing was changed by this command.",
    hint: "Restart it with `latchkey up`.",
  },

  "LK-UI-BUG": {
    text: "Latchkey hit a bug. Everything that was reported as saved is saved.",
    hint: "Run the command again with --verbose, and report what it prints.",
  },
};
