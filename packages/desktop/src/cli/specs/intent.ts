/** `latchkey intent …`: what waits for contact. */
import { defineSpec } from "../command.ts";

export const intentListSpec = defineSpec({
  name: "intent list",
  summary: "show what waits for contact with a mailbox",
  details:
    "A device to be removed, a passkey to be erased or keys to be changed while no mailbox could be reached: kept on this device, and done at the next contact, as " +
    "soon as you give your passphrase for anything, a sign-in too.",
  positionals: [],
  options: {},
  examples: ["latchkey intent list"],
});

export const intentWithdrawSpec = defineSpec({
  name: "intent withdraw",
  summary: "take back what waits for contact",
  positionals: [{ name: "intent", summary: "its id, or the beginning of it" }],
  options: {},
  examples: ["latchkey intent withdraw 4f"],
});
