/** A process whose stdin and stdout are one ephemeral authenticator. Argument: what its person does. */
import { runEphemeralCtap } from "../../src/ctap/ephemeral.ts";
import type { ScriptedPerson } from "../../src/ctap/scripted-person.ts";

await runEphemeralCtap({
  person: process.argv[2] as ScriptedPerson,
  input: process.stdin,
  output: process.stdout,
  reportFault: (fault) => console.error(fault),
});
