/** `latchkey provider`: Latchkey among the passkey providers of Windows. */
import { defineSpec } from "../command.ts";

export const providerEnableSpec = defineSpec({
  name: "provider enable",
  summary: "have Windows offer the passkeys of this vault, and Windows Hello open it",
  details:
    "Registers with Windows, asks for the passphrase and has Windows Hello open the vault beside it, shows the page of Windows' settings " +
    "where Latchkey is switched on, and waits: only you can turn that switch. Run again, it does no harm, and it mends what is broken " +
    "after Windows Hello was set up anew. The passphrase stays a way in.",
  positionals: [],
  options: {
    "stay-open": {
      type: "string",
      value: "minutes",
      summary:
        "after a signature the next one within this time needs no key of Windows Hello, only its gesture; 0 as it comes",
    },
    eddsa: {
      type: "boolean",
      summary:
        "tell Windows of EdDSA (-8), too, which nobody has seen working there yet; without it that is taken back",
    },
    "no-wait": { type: "boolean", summary: "do not wait for the switch" },
  },
  examples: ["latchkey provider enable", "latchkey provider enable --stay-open 5 --no-wait"],
});

export const providerDisableSpec = defineSpec({
  name: "provider disable",
  summary: "take Latchkey out of Windows again; the passkeys stay in the vault",
  details:
    "Asks for the passphrase, which alone opens the vault from then on. Windows forgets its list of your passkeys; the vault keeps them.",
  positionals: [],
  options: {},
  examples: ["latchkey provider disable"],
});

export const providerStatusSpec = defineSpec({
  name: "provider status",
  summary: "show how far Latchkey is set up in Windows, step by step",
  details: "It asks for nothing. What is wrong with a step, and what to do, says latchkey doctor windows.",
  positionals: [],
  options: {},
  examples: ["latchkey provider status", "latchkey provider status --json=state"],
});
