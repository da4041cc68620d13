/** `latchkey passkey …`: seeing and editing passkeys. */
import { defineSpec } from "../command.ts";

const passkey = {
  name: "passkey",
  summary: "its id or the beginning of it, its site, or site/user",
} as const;

export const passkeyListSpec = defineSpec({
  name: "passkey list",
  summary: "list passkeys",
  positionals: [],
  options: {
    site: { type: "string", value: "site", summary: "only those of this site" },
    tag: { type: "string", value: "tag", summary: "only those with this tag" },
    trash: { type: "boolean", summary: "those in the trash" },
  },
  examples: ["latchkey passkey list --site github.com", "latchkey passkey list --json=id,site,user"],
});

export const passkeyShowSpec = defineSpec({
  name: "passkey show",
  summary: "show one passkey",
  details: "Private keys are never shown.",
  positionals: [passkey],
  options: {},
  examples: ["latchkey passkey show github.com/ana"],
});

export const passkeyRenameSpec = defineSpec({
  name: "passkey rename",
  summary: "give a passkey a title of your own",
  positionals: [passkey, { name: "title", summary: "the new title" }],
  options: {},
  examples: ['latchkey passkey rename github.com/ana "Work account"'],
});

export const passkeyTagSpec = defineSpec({
  name: "passkey tag",
  summary: "add and remove tags of a passkey",
  positionals: [passkey],
  options: {
    add: { type: "string", value: "tag", multiple: true, summary: "add this tag" },
    remove: { type: "string", value: "tag", multiple: true, summary: "remove this tag" },
  },
  examples: ["latchkey passkey tag github.com/ana --add work --remove old"],
});

export const passkeyNoteSpec = defineSpec({
  name: "passkey note",
  summary: "write a note to a passkey, or clear it",
  positionals: [passkey, { name: "text", summary: "the note", optional: true }],
  options: { clear: { type: "boolean", summary: "take the note away" } },
  examples: [
    'latchkey passkey note github.com/ana "owner of the team"',
    "latchkey passkey note github.com --clear",
  ],
});

export const passkeyRmSpec = defineSpec({
  name: "passkey rm",
  summary: "move passkeys to the trash",
  details:
    "latchkey passkey restore takes them out again. The site still knows the passkey: remove it there, too.",
  positionals: [{ ...passkey, many: true }],
  options: { "dry-run": { type: "boolean", short: "n", summary: "only say what would be moved" } },
  examples: ["latchkey passkey rm github.com/ana", "latchkey passkey rm --dry-run github.com/ana"],
});

export const passkeyRestoreSpec = defineSpec({
  name: "passkey restore",
  summary: "take a passkey out of the trash",
  positionals: [passkey],
  options: {},
  examples: ["latchkey passkey restore github.com/ana"],
});

export const passkeyHistorySpec = defineSpec({
  name: "passkey history",
  summary: "show which device changed what of a passkey, or take an earlier value back",
  details:
    "Changes bear no time: they stand in the order in which they rest on one another. --restore writes again what one of them wrote, all of its " +
    "fields or the one that --field names; the history keeps everything. When the vault's keys are changed, it begins anew with what there is.",
  positionals: [passkey],
  options: {
    restore: { type: "string", value: "change", summary: "take back what this change wrote" },
    field: { type: "string", value: "field", summary: "only this field of it, with --restore" },
  },
  examples: [
    "latchkey passkey history github.com/ana",
    "latchkey passkey history github.com/ana --restore 3f2a91c0 --field title",
  ],
});

export const passkeyPurgeSpec = defineSpec({
  name: "passkey purge",
  summary: "erase a passkey that is in the trash, for good and on all devices",
  details:
    "Needs the mailbox: the vault's keys are changed, and what was written before goes from each device when it follows. There is no way back. Disk " +
    "images and old backups keep what they had.",
  positionals: [passkey],
  options: {},
  examples: ["latchkey passkey purge github.com/ana"],
});
