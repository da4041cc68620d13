/** A method of the host that the app's page may call as it is, while the vault is open: nothing but unlocking opens a locked one. */
import { VaultError } from "@latchkey/core/errors";
import type { Channel } from "@latchkey/device-host/channel";
import type { JsonObject } from "../terminal/json.ts";
import type { ServedVault } from "./served-vault.ts";

export type PageMethod = (
  deps: { readonly served: ServedVault },
  params: JsonObject,
  channel: Channel,
) => Promise<JsonObject>;

export function pass(name: string): PageMethod {
  return async ({ served }, params, channel) => {
    refuseLocked(served);
    return served.call(name, params, channel);
  };
}

/** Throws `LK-VAULT-LOCKED`. */
export function refuseLocked(served: ServedVault): void {
  if (served.phase === "locked") throw new VaultError("LK-VAULT-LOCKED", "vault is locked");
}
