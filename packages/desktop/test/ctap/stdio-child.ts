/** A process whose stdin and stdout are one ephemeral authenticator. Arguments: what its person does, and its attestation. */
import { runEphemeralCtap } from "../../src/ctap/ephemeral.ts";
import type { AttestationPolicy } from "@latchkey/core/authenticator/attestation";
import type { ScriptedPerson } from "../../src/ctap/scripted-person.ts";

await runEphemeralCtap({
  person: process.argv[2] as ScriptedPerson,
  attestation: (process.argv[3] ?? "none") as AttestationPolicy,
  input: process.stdin,
  output: process.stdout,
  reportFault: (fault) => console.error(fault),
});
