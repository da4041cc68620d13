/** `latchkey backup …`: sealed copies of the vault as files. */
import { defineSpec } from "../command.ts";

export const backupRunSpec = defineSpec({
  name: "backup run",
  summary: "make a backup now",
  details:
    "A sealed file with everything that is in the vault. Every device of the vault opens it, its recovery page, and a passphrase if one was chosen. It is read back and verified " +
    "before it gets its name. Without a file it goes into the folder of latchkey backup set, and the oldest ones there go.",
  positionals: [{ name: "file", summary: "the file to make", optional: true, isPath: true }],
  options: {
    "with-passphrase": {
      type: "boolean",
      summary: "choose a passphrase that opens this file; it asks for it",
    },
  },
  examples: [
    "latchkey backup run",
    "latchkey backup run /media/stick/vault.latchkey-backup --with-passphrase",
  ],
});

export const backupSetSpec = defineSpec({
  name: "backup set",
  summary: "choose the folder for backups, and how often one is made",
  details:
    "While latchkey up runs and the vault is open, backups are made by themselves: after 24 hours unless --every says otherwise, 10 of them unless --keep does. One is made at " +
    "once. With --with-passphrase all later backups open with that passphrase, too.",
  positionals: [],
  options: {
    folder: { type: "string", value: "folder", isPath: true, summary: "where backups go" },
    every: { type: "string", value: "hours", summary: "hours between two; 0 for only when asked" },
    keep: { type: "string", value: "count", summary: "how many stay" },
    "with-passphrase": { type: "boolean", summary: "choose a passphrase that opens them" },
    off: { type: "boolean", summary: "no more backups by themselves; files stay" },
  },
  examples: ["latchkey backup set --folder /media/stick", "latchkey backup set --off"],
});

export const backupListSpec = defineSpec({
  name: "backup list",
  summary: "list the backups in their folder",
  positionals: [],
  options: { folder: { type: "string", value: "folder", isPath: true, summary: "another folder" } },
  examples: ["latchkey backup list"],
});

export const backupVerifySpec = defineSpec({
  name: "backup verify",
  summary: "check every seal and signature in a backup with the keys of this device",
  details: "Ends with 8 when the file is damaged, changed or of another vault.",
  positionals: [{ name: "file", summary: "the backup", isPath: true }],
  options: {},
  examples: ["latchkey backup verify vault-2026-11-22T120000.000Z.latchkey-backup"],
});

export const backupRestoreSpec = defineSpec({
  name: "backup restore",
  summary: "make a new vault out of a backup",
  details:
    "With the backup's passphrase, or with the recovery page (--scan, --page). The new vault has all passkeys under new keys on this device alone. Where the devices are gone and the vault " +
    "itself is to go on, use latchkey recovery restore --backup instead.",
  positionals: [{ name: "file", summary: "the backup", isPath: true }],
  options: {
    scan: {
      type: "string",
      value: "picture",
      multiple: true,
      isPath: true,
      summary: "a PNG file of the recovery page's code",
    },
    page: { type: "boolean", summary: "type the recovery page instead of a passphrase" },
    name: { type: "string", value: "name", summary: "this device's name" },
    generate: {
      type: "boolean",
      summary: "make a passphrase of six words for the new vault and show it once",
    },
  },
  examples: [
    "latchkey backup restore vault-2026-11-22T120000.000Z.latchkey-backup --vault /home/ana/second.latchkey",
  ],
});
