/** `latchkey conflict …`: fields that two devices set differently while they were apart. */
import { defineSpec } from "../command.ts";

export const conflictListSpec = defineSpec({
  name: "conflict list",
  summary: "list fields that two devices set differently",
  positionals: [],
  options: {},
  examples: ["latchkey conflict list"],
});

export const conflictResolveSpec = defineSpec({
  name: "conflict resolve",
  summary: "decide which value of a field stays",
  details:
    "Shows the values and asks, unless --keep or --take says which. Ends with 6 where nobody can be asked.",
  positionals: [
    { name: "passkey", summary: "its id or the beginning of it, its site, or site/user" },
    { name: "field", summary: "the field, as latchkey conflict list names it" },
  ],
  options: {
    keep: { type: "boolean", summary: "keep the value that is shown now" },
    take: { type: "string", value: "number", summary: "take this one of the other values, 1 and up" },
  },
  examples: [
    "latchkey conflict resolve github.com/ana title",
    "latchkey conflict resolve github.com/ana title --take 1",
  ],
});
