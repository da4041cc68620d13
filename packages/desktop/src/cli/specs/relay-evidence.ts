/** `latchkey relay evidence …`: what a device noted of relays that broke their word. */
import { defineSpec } from "../command.ts";

export const relayEvidenceExportSpec = defineSpec({
  name: "relay evidence export",
  summary: "write what this device noted of relays to a file that anybody can check",
  details:
    "Noted is when a relay acknowledged changes and later did not give them back, went back in time as if nothing had happened, or handed out " +
    "a changed copy; and when a copy of a device exists. Each is a statement signed by this device. The file opens nothing: changes in it " +
    "stay sealed. It names the relay, the room and public keys of devices.",
  positionals: [{ name: "file", summary: "the file to make", isPath: true }],
  options: {},
  examples: ["latchkey relay evidence export relay-evidence.cbor"],
});

export const relayEvidenceVerifySpec = defineSpec({
  name: "relay evidence verify",
  summary: "check such a file, and tell what it proves from what it says",
  details:
    "Needs no vault and no network. A relay signs nothing, so a broken acknowledgement is what a device says, signed by it, and proven to " +
    "nobody else; the text tells the two apart. Ends with 8 if the file is not what a device signed.",
  positionals: [{ name: "file", summary: "the file to check", isPath: true }],
  options: {},
  examples: ["latchkey relay evidence verify relay-evidence.cbor"],
});
