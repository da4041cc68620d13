/** `latchkey rotate …`: what to do about the passkeys that a lost device may still hold. */
import { defineSpec } from "../command.ts";

export const rotatePlanSpec = defineSpec({
  name: "rotate plan",
  summary: "list what a lost device may still hold, the most urgent first",
  details:
    "For each: sign in here, add a new passkey at the site, try it, remove the old one there, then say so with latchkey rotate done. How far you " +
    "have come is kept in the vault, so any of your devices goes on. --page asks one site where it manages passkeys; nothing else is contacted. " +
    "--json is the list for another program.",
  positionals: [],
  options: {
    device: { type: "string", value: "device", summary: "the lost device's name, where several are lost" },
    page: {
      type: "string",
      value: "passkey",
      summary: "ask this passkey's site for the page where passkeys are managed",
    },
  },
  examples: ["latchkey rotate plan --device Laptop", "latchkey rotate plan --page github.com/ana"],
});

export const rotateDoneSpec = defineSpec({
  name: "rotate done",
  summary: "say that a passkey was replaced at its site",
  positionals: [{ name: "passkey", summary: "its site, site/user, title, or the beginning of its id" }],
  options: { undo: { type: "boolean", summary: "it was not, after all" } },
  examples: ["latchkey rotate done github.com/ana"],
});
