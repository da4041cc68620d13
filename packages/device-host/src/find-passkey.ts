/** Which passkey a person means: its id or a unique beginning of it, `site/user`, or a site with one passkey. */
import { VaultError } from "@latchkey/core/errors";
import type { Passkey } from "@latchkey/core/vault/credentials";
import type { VaultDocument } from "@latchkey/core/vault/document";

/** Throws `LK-VAULT-NOT-FOUND` or `LK-VAULT-AMBIGUOUS`. Deleted passkeys are found where `isWanted` wants them. */
export function findPasskey(
  document: VaultDocument,
  selector: string,
  isWanted: (passkey: Passkey) => boolean = () => true,
): Passkey {
  const passkeys = document.list().filter(isWanted);
  const ways: ((passkey: Passkey) => boolean)[] = [
    ({ id }) => id === selector,
    ({ record, userName }) => record !== null && `${record.rpId}/${userName ?? ""}` === selector,
    ({ record }) => record?.rpId === selector,
    ({ id }) => selector.length > 0 && id.startsWith(selector),
  ];
  for (const matches of ways) {
    const matching = passkeys.filter(matches);
    // Of an account whose older passkey is in the trash, the one in use is meant.
    const live = matching.filter(({ state }) => state !== "deleted");
    const found = live.length > 0 ? live : matching;
    if (found.length === 1) return found[0] as Passkey;
    if (found.length > 1)
      throw new VaultError("LK-VAULT-AMBIGUOUS", `${found.length} passkeys match ${selector}`);
  }
  throw new VaultError("LK-VAULT-NOT-FOUND", `no passkey matches ${selector}`);
}
