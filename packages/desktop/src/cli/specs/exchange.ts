/** `latchkey import` and `latchkey export`: moving in and out. */
import { defineSpec } from "../command.ts";

export const importSpec = defineSpec({
  name: "import",
  summary: "take in passkeys from another program's file",
  details:
    "Reads CXF, Bitwarden JSON (plain or with a password), KeePassXC (.passkey, a folder of them, a KDBX 4 database, its XML), Proton Pass's zip as an " +
    "experiment, and Chromium's virtual authenticators; which it is follows from the content. First you see what is new, already here, different, or " +
    "cannot come in and why; nothing is written before you agree. An import can be undone as a whole for 24 hours. The file is not changed: delete it " +
    "afterwards. With --passphrase-stdin or --passphrase-fd a line each: the vault's passphrase, then the file's password if it has one.",
  positionals: [
    {
      name: "file",
      summary: "the file, a folder of .passkey files, or - for standard input",
      optional: true,
      isPath: true,
    },
  ],
  options: {
    "dry-run": { type: "boolean", short: "n", summary: "only say what would come in" },
    format: {
      type: "string",
      value: "format",
      choices: ["auto", "cxf", "bitwarden", "keepassxc", "proton", "chromium"],
      summary: "take the file only if it is of this kind",
    },
    site: { type: "string", value: "site", multiple: true, summary: "only passkeys of this site" },
    "with-trash": { type: "boolean", summary: "also what was in the trash there" },
    unbacked: {
      type: "boolean",
      summary: "they were registered as not backed up: made with KeePassXC 2.7.11 or older",
    },
    list: { type: "boolean", summary: "show the imports of the last days" },
    undo: { type: "boolean", summary: "move what the last import of 24 hours brought to the trash" },
    batch: { type: "string", value: "id", summary: "with --undo: this import" },
  },
  examples: [
    "latchkey import vault.json --dry-run",
    "latchkey import passwords.kdbx --site example.org",
    "latchkey import --undo",
  ],
});

export const exportSpec = defineSpec({
  name: "export",
  summary: "write the vault sealed, or passkeys in a format that other programs read",
  details:
    "Works without a network and without anybody's leave. Without a format, or with --sealed, the file is a backup: it holds everything, and a passphrase of its own opens it, " +
    "every device of the vault and its recovery page, too. In an open format you see first what the format cannot carry. A plain file lets anyone who has it sign in as you, " +
    "so you type a sentence that says so, and the passphrase; --bitwarden is protected with a password of its own unless --plain is given. --passkey " +
    "writes a folder with one file for each. A file that is there is never replaced.",
  positionals: [],
  options: {
    sealed: { type: "boolean", summary: "everything, sealed: for Latchkey" },
    cxf: { type: "boolean", summary: "the Credential Exchange Format 1.0 of FIDO" },
    bitwarden: { type: "boolean", summary: "the JSON of Bitwarden, protected with a password" },
    passkey: { type: "boolean", summary: "the form of KeePassXC: a folder of .passkey files" },
    plain: { type: "boolean", summary: "with --bitwarden: without a password" },
    output: {
      type: "string",
      short: "o",
      value: "file",
      isPath: true,
      summary: "the file or folder to make, or - for standard output",
    },
    site: { type: "string", value: "site", multiple: true, summary: "only passkeys of this site" },
    "accept-loss": { type: "boolean", summary: "also passkeys that lose what sites encrypt with them" },
    sentence: { type: "string", value: "text", summary: "the sentence of a plain export, for scripts" },
    "dry-run": { type: "boolean", short: "n", summary: "only say what the file would hold and lose" },
  },
  examples: [
    "latchkey export -o vault.latchkey-backup",
    "latchkey export --cxf -o passkeys.cxf.json",
    "latchkey export --bitwarden -o for-bitwarden.json",
    "latchkey export --passkey --site example.org -o keepass",
  ],
});
