/** `latchkey audit …`: what was done with the vault. */
import { AUDIT_KINDS } from "@latchkey/core/audit/audit-kinds";
import { defineSpec } from "../command.ts";

export const auditListSpec = defineSpec({
  name: "audit list",
  summary: "show what was done with the vault, on every device",
  details:
    "Each device keeps a log of what it did and signs every line. What the others did comes in with their daily batches, so it may be a day " +
    "old. Lines hold no challenge and no key; sites and accounts are found in the vault when the log is shown.",
  positionals: [],
  options: {
    device: { type: "string", value: "name", summary: "of this device alone" },
    kind: { type: "string", value: "kind", choices: AUDIT_KINDS, summary: "of this kind alone" },
    days: { type: "string", value: "n", summary: "of the last n days; 30 unless given" },
    all: { type: "boolean", summary: "everything that is kept" },
  },
  examples: ["latchkey audit list", "latchkey audit list --kind sign-in --days 7"],
});

export const auditVerifySpec = defineSpec({
  name: "audit verify",
  summary: "check that no line is missing or changed, in the vault or in an exported file",
  details:
    "A file needs no vault and no network. Every line has to be signed by its device and to follow the one before it; a line that was taken " +
    "out or changed is named, and the command ends with 8.",
  positionals: [
    { name: "file", summary: "an exported log; the vault's own when left out", isPath: true, optional: true },
  ],
  options: {},
  examples: ["latchkey audit verify", "latchkey audit verify activity.jsonl"],
});

export const auditExportSpec = defineSpec({
  name: "audit export",
  summary: "write the activity log to a file that an auditor can check",
  details:
    "JSON Lines by the schema in docs/audit-log.schema.json. The file opens nothing. With names it says which sites and accounts were used: " +
    "think of whom you give it to.",
  positionals: [{ name: "file", summary: "the file to make", isPath: true }],
  options: {
    "no-names": { type: "boolean", summary: "without the names of sites, accounts and devices" },
  },
  examples: ["latchkey audit export activity.jsonl"],
});
