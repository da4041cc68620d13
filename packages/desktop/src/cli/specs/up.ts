/** `latchkey up`: keeps the vault open and in step with the other devices. */
import { defineSpec } from "../command.ts";

export const upSpec = defineSpec({
  name: "up",
  summary: "keep the vault open and in step with the other devices, until interrupted",
  details:
    "Other commands on this machine then use the vault that is open here. The passphrase is asked at the start, or later with " +
    "latchkey unlock. Signing still asks for it every time. With --open the app is shown in your browser: there you open the vault, " +
    "or make or join one where there is none.",
  positionals: [],
  options: {
    open: { type: "boolean", summary: "show the app in the browser; ask for nothing here" },
    locked: { type: "boolean", summary: "start locked, and ask for nothing" },
  },
  examples: ["latchkey up", "latchkey up --open", "latchkey up --locked"],
});
