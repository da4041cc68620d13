/** Asks what argv[2] says at the controlling terminal and prints the answer, or the code of what was thrown, as JSON on stdout. */
import { VaultError } from "@latchkey/core/errors";
import { createPrompter } from "../../src/terminal/prompt.ts";

const lateness = new AbortController();
if (process.argv.includes("--late")) {
  setTimeout(() => lateness.abort(new VaultError("LK-CLI-TIMEOUT", "too late")), 50);
}
const prompter = createPrompter({
  noInput: process.argv.includes("--no-input"),
  signal: lateness.signal,
});
const ask = {
  passphrase: () => prompter.askPassphrase("passphrase:"),
  line: () => prompter.askLine("name:"),
  confirm: () => prompter.askConfirmation("sure?"),
  both: async () => [await prompter.askLine("name:"), await prompter.askPassphrase("passphrase:")],
}[process.argv[2] as string];

try {
  console.log(`<${JSON.stringify(await ask?.())}>`);
} catch (error) {
  console.log(`<${JSON.stringify((error as { code: string }).code)}>`);
}
