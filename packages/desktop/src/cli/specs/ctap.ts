/** `latchkey ctap`: the authenticator on standard input and output. */
import { defineSpec } from "../command.ts";

export const ctapSpec = defineSpec({
  name: "ctap",
  summary: "serve CTAP2 requests on standard input and output",
  details:
    "Each request and each response is a length of four bytes, big-endian, and so many bytes: a command byte and CBOR, a status byte and " +
    "CBOR. Each signature needs the passphrase: asked at the terminal, or read as a line from --passphrase-fd for each.",
  positionals: [],
  options: {
    ephemeral: {
      type: "boolean",
      summary: "an empty vault in memory, gone at the end, with a scripted person",
    },
    user: {
      type: "string",
      value: "person",
      choices: ["approve", "deny", "absent"],
      summary: "what the person of --ephemeral does; approve by itself",
    },
    attestation: {
      type: "string",
      value: "format",
      choices: ["none", "packed", "as-asked"],
      summary: "how --ephemeral attests new passkeys; none by itself",
    },
  },
  examples: ["latchkey ctap", "latchkey ctap --passphrase-fd 3", "latchkey ctap --ephemeral --user deny"],
});
