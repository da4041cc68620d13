/** `latchkey up`: keeps the vault open and in step with the other devices. */
import { defineSpec } from "../command.ts";

export const upSpec = defineSpec({
  name: "up",
  summary: "keep the vault open and in step with the other devices, until interrupted",
  details:
    "Other commands on this machine then use the vault that is open here. The passphrase is asked at the start, or later with " +
    "latchkey unlock. Signing still asks for it every time.",
  positionals: [],
  options: {
    locked: { type: "boolean", summary: "start locked, and ask for nothing" },
  },
  examples: ["latchkey up", "latchkey up --locked"],
});
