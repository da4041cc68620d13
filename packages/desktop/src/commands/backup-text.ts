/** A backup that was made, as facts. */
import type { JsonObject } from "../terminal/json.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";

const PASSPHRASE = {
  yes: "passphrase",
  no: null,
  "names-only": "passphrase: names only, until you are next verified and the next backup is made",
} as const;

export function renderBackup(data: JsonObject): string {
  const opensWith = data["opensWith"] as JsonObject;
  const ways = [
    "any device of the vault",
    opensWith["page"] === true ? "recovery page" : null,
    PASSPHRASE[opensWith["passphrase"] as keyof typeof PASSPHRASE],
  ].filter((way) => way !== null);
  return renderFacts([
    ["file", textOf(data["file"])],
    ["holds", `${countOf(data["passkeys"] as number, "passkey")}, ${textOf(data["bytes"])} bytes`],
    ["opens with", ways.join(", ")],
    ["checked", "read back: every seal opens and every signature is right"],
  ]);
}
