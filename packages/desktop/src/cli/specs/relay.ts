/** `latchkey relay …`: running a relay, looking at what it holds, keeping it, and using one. */
import { defineSpec } from "../command.ts";

const file = { type: "string", value: "path", isPath: true, summary: "the relay's data file" } as const;

export const relayServeSpec = defineSpec({
  name: "relay serve",
  summary: "run a relay until it is interrupted",
  details:
    "Shows an invitation when it has none yet: the address to give to a vault, once. Logs JSON lines on standard error. Who may keep a " +
    "vault here, limits and everything else is set by LATCHKEY_RELAY_… variables. A relay that other machines reach needs TLS, its own or " +
    "a proxy's, and --origin, the address that they dial. SIGHUP has it read its certificate and its list of tokens again.",
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
    "tls-cert": { type: "string", value: "path", isPath: true, summary: "serve https with this certificate" },
    "tls-key": { type: "string", value: "path", isPath: true, summary: "the certificate's private key" },
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

export const relayInviteSpec = defineSpec({
  name: "relay invite",
  summary: "make an invitation to the relay: an address to give to a vault",
  details:
    "The address is shown once and kept nowhere; whoever has it may keep vaults here. A vault takes it on all its devices and needs it " +
    "again for each new epoch. The relay may run meanwhile.",
  positionals: [],
  options: {
    file,
    origin: { type: "string", value: "address", summary: "the address under which devices reach the relay" },
    rooms: {
      type: "string",
      value: "n",
      summary: "rooms that it may keep at once; 16 by itself, enough for a vault",
    },
    days: { type: "string", value: "n", summary: "for how many days it makes rooms; without end by itself" },
    list: { type: "boolean", summary: "show the invitations instead" },
    drop: { type: "string", value: "number", summary: "end an invitation instead; what it made stays" },
  },
  examples: [
    "latchkey relay invite",
    "latchkey relay invite --origin https://relay.example",
    "latchkey relay invite --list",
  ],
});

export const relayBackupSpec = defineSpec({
  name: "relay backup",
  summary: "write a consistent copy of the relay's data file",
  details:
    "It holds sealed bytes, sizes and days: keep it private all the same. The relay may run meanwhile.",
  positionals: [{ name: "copy", isPath: true, summary: "the file to write" }],
  options: { file },
  examples: ["latchkey relay backup /backup/relay.sqlite"],
});

export const relayRestoreSpec = defineSpec({
  name: "relay restore",
  summary: "put a backup in the place of the relay's data file",
  details:
    "The relay must not run. With its next start it tells its devices that it was restored, and they give it what the backup lacks.",
  positionals: [{ name: "copy", isPath: true, summary: "the backup" }],
  options: { file },
  examples: ["latchkey relay restore /backup/relay.sqlite"],
});

export const relayPurgeSpec = defineSpec({
  name: "relay purge",
  summary: "drop a room from the relay, with everything in it",
  details:
    "Its devices keep their copies, and fill a new room here if they may. The relay may run meanwhile; backups keep what they have.",
  positionals: [
    { name: "room", summary: "the room as relay inspect shows it, or as much of it as tells it apart" },
  ],
  options: { file },
  examples: ["latchkey relay purge hq3Zk0aP"],
});

export const relayAddSpec = defineSpec({
  name: "relay add",
  summary: "let the vault use a relay",
  details:
    "All devices of the vault learn of it. Entries go to every relay of the vault and are read from all of them. An address with an " +
    "invitation in it, after #, is a secret: leave it out to be asked, or give it on standard input, before the passphrase.",
  positionals: [{ name: "address", optional: true, summary: "as https://relay.example" }],
  options: {},
  examples: ["latchkey relay add https://relay.example", "latchkey relay add"],
});

export const relayRemoveSpec = defineSpec({
  name: "relay remove",
  summary: "let the vault use a relay no longer",
  details:
    "All devices of the vault learn of it through another relay or the next time they meet. What the relay holds stays there, sealed, until " +
    "nobody has asked for it for a long time. A device that is away and knows no other relay has to be told of one by hand.",
  positionals: [{ name: "address", summary: "its address; what stands after # does not matter" }],
  options: {},
  examples: ["latchkey relay remove https://relay.example"],
});

export const relayStatusSpec = defineSpec({
  name: "relay status",
  summary: "show how this device stands with each relay of the vault",
  details: "Without latchkey up it connects to them for this command alone.",
  positionals: [],
  options: {},
  examples: ["latchkey relay status", "latchkey relay status --json"],
});
