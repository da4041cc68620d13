/** `latchkey up`: keeps the vault open and in step with the other devices. */
import { defineSpec } from "../command.ts";

export const upSpec = defineSpec({
  name: "up",
  summary: "keep the vault open and in step with the other devices, until interrupted",
  details:
    "Other commands on this machine then use the vault that is open here. The passphrase is asked at the start, or later with " +
    "latchkey unlock. Signing still asks for it every time. With --open the app is shown in your browser: there you open the vault, " +
    "or make or join one where there is none. With --lan your desktops meet on the local network, without the internet: the relay serves at one " +
    "address there, is announced by mDNS to whoever listens, and shows them that Latchkey is used here, when and how much, and nothing else.",
  positionals: [],
  options: {
    open: { type: "boolean", summary: "show the app in the browser; ask for nothing here" },
    lan: {
      type: "boolean",
      summary: "run a relay on the local network, and find those of your other devices",
    },
    "lan-address": {
      type: "string",
      value: "address",
      summary: "with --lan: this machine's address there; one that it has by itself",
    },
    locked: { type: "boolean", summary: "start locked, and ask for nothing" },
  },
  examples: ["latchkey up", "latchkey up --lan", "latchkey up --open", "latchkey up --locked"],
});
