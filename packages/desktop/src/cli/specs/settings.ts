/** `latchkey settings …`: what all devices of the vault keep to. */
import { defineSpec } from "../command.ts";

export const settingsShowSpec = defineSpec({
  name: "settings show",
  summary: "show the settings of the vault",
  positionals: [],
  options: {},
  examples: ["latchkey settings show"],
});

export const settingsApprovalSpec = defineSpec({
  name: "settings approval",
  summary: "say when a new device may sign: at once, after a while, or when a second device agrees",
  details:
    "On probation a new device shows the passkeys and does not sign, and any of your devices can put it out with latchkey device deny. second-device needs two " +
    "devices in the vault, and is left only when two devices say so: give the same command on both.",
  positionals: [
    { name: "mode", summary: "when it may sign", choices: ["at-once", "probation", "second-device"] },
  ],
  options: {
    minutes: { type: "string", value: "count", summary: "of probation, 1 to 10080; 10 when left out" },
  },
  examples: ["latchkey settings approval probation --minutes 30", "latchkey settings approval second-device"],
});
