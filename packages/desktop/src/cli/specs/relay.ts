/** `latchkey relay …`: running a relay, looking at what it holds, and using one. */
import { defineSpec } from "../command.ts";

const file = { type: "string", value: "path", isPath: true, summary: "the relay's data file" } as const;

export const relayServeSpec = defineSpec({
  name: "relay serve",
  summary: "run a relay until it is interrupted",
  details:
    "Logs JSON lines on standard error. Limits and the contact are set by LATCHKEY_RELAY_… variables. A relay that other machines reach " +
    "needs TLS in front of it and --origin, the address that they dial.",
  positionals: [],
  options: {
    listen: { type: "string", value: "host:port", summary: "where to listen; 127.0.0.1:4480 by itself" },
    file,
    origin: {
      type: "string",
      value: "address",
      multiple: true,
      summary: "an address under which devices reach it",
    },
  },
  examples: [
    "latchkey relay serve",
    "latchkey relay serve --listen 127.0.0.1:0 --file /var/lib/latchkey/relay.sqlite --origin https://relay.example",
  ],
});

export const relayInspectSpec = defineSpec({
  name: "relay inspect",
  summary: "show all that a relay holds",
  details: "What is shown is what whoever runs the relay can learn. The relay may run meanwhile.",
  positionals: [],
  options: { file },
  examples: ["latchkey relay inspect", "latchkey relay inspect --file /var/lib/latchkey/relay.sqlite --json"],
});

export const relayAddSpec = defineSpec({
  name: "relay add",
  summary: "let the vault use a relay",
  details:
    "All devices of the vault learn of it. Entries go to every relay of the vault and are read from all of them.",
  positionals: [
    { name: "address", summary: "as https://relay.example, with a creation token after # if it wants one" },
  ],
  options: {},
  examples: ["latchkey relay add https://relay.example"],
});
