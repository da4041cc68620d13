/** `latchkey sync …`: keeping the copies in step. */
import { defineSpec } from "../command.ts";

export const syncNowSpec = defineSpec({
  name: "sync now",
  summary: "send and fetch at once, also after a pause",
  details:
    "Ends when every relay has answered. It fails only when none could be reached; what is on this machine works all the same.",
  positionals: [],
  options: {},
  examples: ["latchkey sync now"],
});

export const syncPauseSpec = defineSpec({
  name: "sync pause",
  summary: "connect to no relay until latchkey sync now, or until latchkey up starts again",
  positionals: [],
  options: {},
  examples: ["latchkey sync pause"],
});

export const syncStatusSpec = defineSpec({
  name: "sync status",
  summary: "show each device: when it was heard, what it is not known to have",
  details:
    "Everything is what the devices said of themselves in signed entries. A device that is silent may have more than is shown. The six words " +
    "are the same on two devices that have the same.",
  positionals: [],
  options: {},
  examples: ["latchkey sync status", "latchkey sync status --json"],
});
