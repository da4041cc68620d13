/** `latchkey doctor`: checks. */
import { defineSpec } from "../command.ts";

export const SUBJECTS = ["relay", "sync", "windows", "browser"] as const;

export const doctorSpec = defineSpec({
  name: "doctor",
  summary: "check this machine, the vault and its relays",
  details:
    "Checks that need an open vault are left out, and named, unless the vault is open in latchkey up or a passphrase is given with " +
    "--passphrase-stdin or --passphrase-fd. doctor windows looks at every link between Windows and the vault, and really has Windows start " +
    "Latchkey; doctor browser likewise starts what a browser starts. Ends with 8 when a check fails.",
  positionals: [{ name: "subject", summary: "check only this", optional: true, choices: SUBJECTS }],
  options: {
    redact: { type: "boolean", summary: "leave out paths, names and addresses, for a report to others" },
  },
  examples: [
    "latchkey doctor",
    "latchkey doctor windows --redact",
    "latchkey doctor relay --passphrase-fd 3 3< passphrase.txt",
  ],
});
