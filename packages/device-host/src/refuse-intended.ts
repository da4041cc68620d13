/** For screens that can only say that something has happened, or that it has not. */
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "./json.ts";

/** Has a page to hand over, whatever waits: a page that was made and not shown is lost. */
const GIVES_SOMETHING = "recovery.create";

/** What a method returned. Throws `LK-EPOCH-INTENDED` where it is kept until there is contact. */
export function refuseIntended(name: string, result: JsonObject): JsonObject {
  if (result["intended"] === true && name !== GIVES_SOMETHING)
    throw new VaultError("LK-EPOCH-INTENDED", `${name} waits for contact with a relay`);
  return result;
}
