/** `latchkey recovery …`: the page that opens the vault when every device is gone. */
import { defineSpec } from "../command.ts";

const SCAN = {
  type: "string",
  value: "picture",
  multiple: true,
  isPath: true,
  summary: "a PNG file of the page's code; once more for the second of three pages",
} as const;

export const recoveryCreateSpec = defineSpec({
  name: "recovery create",
  summary: "make a recovery page",
  details:
    "Needs no network. Whoever has the page has the vault: it is shown or printed once, kept nowhere by Latchkey, and written to a file only if you name one. A page " +
    "that there was before is put out of the vault. With --split 2/3 there are three pages, any two of which open the vault. Test the page " +
    "when it is printed.",
  positionals: [],
  options: {
    split: { type: "string", value: "2/3", summary: "three pages, any two of which open the vault" },
    print: { type: "boolean", summary: "the page as text on standard output, for a printer: … --print | lp" },
    pdf: {
      type: "string",
      value: "file",
      isPath: true,
      summary: "the page as a PDF file; - for standard output",
    },
    language: {
      type: "string",
      value: "language",
      choices: ["en", "de"],
      summary: "the language of the page",
    },
  },
  examples: ["latchkey recovery create --pdf - | lp", "latchkey recovery create --split 2/3 --pdf pages.pdf"],
});

export const recoveryTestSpec = defineSpec({
  name: "recovery test",
  summary: "try whether the recovery page would open the vault, without opening anything",
  details:
    "Scan a picture of the page with --scan, or type it. A typing error is named with its group. The day of the last test that went well is " +
    "kept and shown. Ends with 8 when the page would not open everything.",
  positionals: [],
  options: { scan: SCAN },
  examples: ["latchkey recovery test", "latchkey recovery test --scan page.png"],
});

export const recoveryRestoreSpec = defineSpec({
  name: "recovery restore",
  summary: "bring the vault back with its recovery page",
  details:
    "Makes a new device on this machine, from the vault's mailbox or from a backup file. Then it asks which of the old devices are gone, changes the keys without them, " +
    "and prints a new page: the one that was used is dead. The mailbox's address stands in the page's code; with a typed page give it with --relay.",
  positionals: [],
  options: {
    scan: SCAN,
    relay: {
      type: "string",
      value: "address",
      multiple: true,
      summary: "the address of the vault's mailbox",
    },
    backup: {
      type: "string",
      value: "file",
      isPath: true,
      summary: "a backup file, where the mailbox is gone, too",
    },
    remove: { type: "string", value: "device", multiple: true, summary: "an old device that is gone" },
    "remove-all": { type: "boolean", summary: "all old devices are gone" },
    "keep-all": { type: "boolean", summary: "none of the old devices is gone" },
    name: { type: "string", value: "name", summary: "this device's name, as your other devices see it" },
    generate: { type: "boolean", summary: "make a passphrase of six words and show it once" },
    split: {
      type: "string",
      value: "2/3",
      summary: "the new page as three, any two of which open the vault",
    },
    print: { type: "boolean", summary: "the new page as text on standard output, for a printer" },
    pdf: {
      type: "string",
      value: "file",
      isPath: true,
      summary: "the new page as a PDF file; - for standard output",
    },
    language: {
      type: "string",
      value: "language",
      choices: ["en", "de"],
      summary: "the language of the new page",
    },
  },
  examples: [
    "latchkey recovery restore --scan page.png --pdf new-page.pdf",
    "latchkey recovery restore --backup vault-2026-11-22.latchkey-backup --print | lp",
  ],
});
