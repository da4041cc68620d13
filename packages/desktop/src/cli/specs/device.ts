/** `latchkey device …`: the devices of the vault, and adding one. */
import { defineSpec } from "../command.ts";

export const deviceListSpec = defineSpec({
  name: "device list",
  summary: "list the devices of the vault",
  positionals: [],
  options: {},
  examples: ["latchkey device list"],
});

export const deviceAddSpec = defineSpec({
  name: "device add",
  summary: "add another device: show it an invitation, type the code that it shows",
  details:
    "The invitation is a QR code and the same as text; whoever has it still needs the code. With --words it is a number and two words, for " +
    "which the mailbox must give a number. With --scan or --paste it is the other way round: the new device shows its code with latchkey device " +
    "join --show-qr, and you give all your passkeys to whatever device that is. With --json each event is a line. From standard input " +
    "a pasted code, the passphrase, the six digits and the passphrase again are read in this order, a line each.",
  positionals: [],
  options: {
    words: { type: "boolean", summary: "show a number and two words to type on the new device" },
    scan: {
      type: "string",
      value: "picture",
      isPath: true,
      summary: "read the new device's code in this PNG",
    },
    paste: { type: "boolean", summary: "paste the text of the new device's code" },
    "show-qr": { type: "boolean", summary: "show the QR code here, also with --qr-file" },
    "qr-file": {
      type: "string",
      value: "path",
      isPath: true,
      summary: "write the QR code to this PNG file instead",
    },
    invert: { type: "boolean", summary: "for a terminal that writes dark on light" },
    app: { type: "string", value: "address", summary: "the app that a phone's camera opens" },
    "code-stdin": { type: "boolean", summary: "read the code from standard input" },
  },
  examples: [
    "latchkey device add",
    "latchkey device add --qr-file invitation.png",
    "latchkey device add --words",
    "latchkey device add --scan request.png",
  ],
});

export const deviceJoinSpec = defineSpec({
  name: "device join",
  summary: "make this machine a device of a vault that you have",
  details:
    "Run latchkey device add on the other device first. The invitation is asked for, or read from standard input before the passphrase; " +
    "it is a secret, so it is never an argument. The passphrase is this device's own, as with latchkey init.",
  positionals: [],
  options: {
    scan: { type: "string", value: "picture", isPath: true, summary: "read the QR code in this PNG file" },
    paste: { type: "boolean", summary: "paste the invitation's text, which is what happens without --scan" },
    words: { type: "boolean", summary: "type the number and the two words that the other device shows" },
    "show-qr": { type: "boolean", summary: "show a code here, for the other device to scan" },
    "qr-file": { type: "string", value: "path", isPath: true, summary: "write that code to this PNG file" },
    relay: {
      type: "string",
      value: "address",
      summary: "with --words, --show-qr or --qr-file: the mailbox of the vault; asked for without it",
    },
    invert: { type: "boolean", summary: "with --show-qr: for a terminal that writes dark on light" },
    name: { type: "string", value: "name", summary: "this device's name, as your other devices see it" },
    generate: { type: "boolean", summary: "make a passphrase of six words and show it once" },
  },
  examples: [
    "latchkey device join --scan invitation.png",
    "latchkey device join --name Laptop",
    "latchkey device join --words",
    "latchkey device join --show-qr --relay https://relay.example",
  ],
});

export const deviceRenameSpec = defineSpec({
  name: "device rename",
  summary: "give a device another name, on all devices",
  positionals: [
    { name: "device", summary: "its name, or the beginning of its id" },
    { name: "name", summary: "the new name" },
  ],
  options: {},
  examples: ['latchkey device rename Desk "Study"'],
});

export const deviceRemoveSpec = defineSpec({
  name: "device remove",
  summary: "put a device out of the vault, and change the vault's keys",
  details:
    "Without a mailbox in reach it is kept and done at the next contact. The device gets nothing new from then on; what it had stays on it, so its passkeys go on working there until you replace " +
    "them at their sites: they are listed. Each other device follows when it next syncs, also after a long time.",
  positionals: [{ name: "device", summary: "its name, or the beginning of its id" }],
  options: {
    lost: { type: "boolean", summary: "it is lost or stolen: say what to do about its passkeys" },
  },
  examples: ["latchkey device remove Laptop", "latchkey device remove --lost Phone"],
});

export const deviceApproveSpec = defineSpec({
  name: "device approve",
  summary: "let a new device sign that is on probation",
  details:
    "A new device on probation shows the passkeys and does not sign. See latchkey settings approval; where the vault wants two devices, this is said on " +
    "another one than the one that added it.",
  positionals: [{ name: "device", summary: "its name, or the beginning of its id" }],
  options: {},
  examples: ["latchkey device approve Phone"],
});

export const deviceDenySpec = defineSpec({
  name: "device deny",
  summary: "put a device out that is on probation",
  details:
    "It never had what it takes to sign. It keeps the names and sites that it has seen and gets nothing new; the vault's keys are changed, as with latchkey device remove.",
  positionals: [{ name: "device", summary: "its name, or the beginning of its id" }],
  options: {},
  examples: ["latchkey device deny Phone"],
});

export const deviceTrustSpec = defineSpec({
  name: "device trust",
  summary: "choose between devices that removed each other",
  details:
    "Where two devices removed each other, none follows either by itself. Say on each of your devices which one you trust: the vault goes on with that one, " +
    "and the other is out.",
  positionals: [{ name: "device", summary: "its name, or the beginning of its id" }],
  options: {},
  examples: ["latchkey device trust Desk"],
});
