/** `latchkey log …`: the vault's log as it is, sealed. */
import { defineSpec } from "../command.ts";

export const logExportSpec = defineSpec({
  name: "log export",
  summary: "write the vault's log to a file, sealed as it is",
  details:
    "The file holds the snapshot and every change after it as they travel between devices: sealed and signed. It opens with the keys of a " +
    "device of the vault and holds none itself. It is read back and verified before it gets its name; a file that is there is never replaced.",
  positionals: [{ name: "file", summary: "the file to make", isPath: true }],
  options: {},
  examples: ["latchkey log export vault.latchkey-log"],
});
