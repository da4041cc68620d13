/**
 * Secrets do not belong into a command line or the environment: other programs read both, shells keep a history. One that is seen
 * there is refused before anything else happens, and never repeated.
 */
import { VaultError } from "@latchkey/core/errors";

/** Options that look as if they took a secret: what people try. `--passphrase-stdin` and `--passphrase-fd` name places, not secrets. */
const SECRET_OPTION =
  /^--(?:pass(?:phrase|word|wd|code)?|pw|pwd|pin|secret|private-key|recovery-(?:key|secret|words))(?:=|$)/i;
/** A relay's address with an invitation in it: who reads it may keep vaults there. */
const INVITED_ADDRESS = /(?:^|=)(?:https?|wss?):\/\/[^/#\s]+\/?#[\w-]{22,}$/i;
/** A recovery page, as its code holds it or as it is typed. */
const PAGE = /LKPAGE1|^(?:[0-9A-Z]{5}[-\s]?){10}$/i;
const SECRET_VARIABLE = /^LATCHKEY_(?:PASS(?:PHRASE|WORD|WD|CODE)?|PW|PWD|PIN|SECRET|PRIVATE_KEY)$/i;

/** Throws `LK-CLI-SECRET-EXPOSED`. */
export function refuseExposedSecrets(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const end = args.indexOf("--");
  const option = args.slice(0, end === -1 ? undefined : end).find((arg) => SECRET_OPTION.test(arg));
  if (option !== undefined) {
    throw new VaultError("LK-CLI-SECRET-EXPOSED", `option ${option.split("=", 1)[0]} would show a secret`);
  }
  if (args.some((arg) => INVITED_ADDRESS.test(arg))) {
    throw new VaultError(
      "LK-CLI-SECRET-EXPOSED",
      "the relay's address has its invitation in it: leave it out to be asked, or write it as -",
    );
  }
  if (args.some((arg) => PAGE.test(arg))) {
    throw new VaultError(
      "LK-CLI-SECRET-EXPOSED",
      "a recovery page was given as an argument: leave it out to be asked, or scan a picture of it",
    );
  }
  const variable = Object.keys(env).find((name) => SECRET_VARIABLE.test(name));
  if (variable !== undefined) {
    throw new VaultError("LK-CLI-SECRET-EXPOSED", `environment variable ${variable} shows a secret`);
  }
}
