/** `latchkey browser`: the browser extension, and what a browser needs to reach this vault. */
import { BROWSERS } from "../../browser/browsers.ts";
import { defineSpec } from "../command.ts";

const dataFolder = {
  type: "string",
  value: "folder",
  isPath: true,
  summary: "a browser's own folder of data (--user-data-dir), in the place of those of this user",
} as const;

export const browserInstallSpec = defineSpec({
  name: "browser install",
  summary:
    "let websites in a browser sign in with this vault: registers Latchkey, and says which extension to load",
  details:
    "Writes the extension into a folder beside the vault, to be loaded once in the browser, and registers the program that the browser starts for it. " +
    "Without a name that is done for every one of the browsers of this user that is there: Chromium, Google Chrome, Microsoft Edge, Brave. " +
    "Run again, it does no harm, and brings everything up to date.",
  positionals: [
    { name: "browser", summary: "only this one, there or not", optional: true, choices: BROWSERS },
  ],
  options: { "user-data-dir": dataFolder },
  examples: ["latchkey browser install", "latchkey browser install edge"],
});

export const browserRemoveSpec = defineSpec({
  name: "browser remove",
  summary: "take Latchkey out of the browsers' registers again; the passkeys stay in the vault",
  details: "The extension itself is removed in the browser, on its page of extensions.",
  positionals: [],
  options: { "user-data-dir": dataFolder },
  examples: ["latchkey browser remove"],
});

export const browserStatusSpec = defineSpec({
  name: "browser status",
  summary: "show in which browsers Latchkey is registered, and what its extension does there",
  details:
    "It asks for nothing and starts nothing. What is wrong, and what to do, says latchkey doctor browser.",
  positionals: [],
  options: { "user-data-dir": dataFolder },
  examples: ["latchkey browser status", "latchkey browser status --json=extensions"],
});
