/** How the phone adds another device, from what its screen sends (`web-ui/link/link-commands.ts`) to what the host's method takes. */
import { decodeBase64url } from "@latchkey/core/bytes/text";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "@latchkey/device-host/json";
import { readPicture } from "@latchkey/web-ui/scan/read-code";

/** `ownAddress`: where this app is served, for another phone. Throws `LK-PAIR-MALFORMED`. */
export async function readAddDoor(params: JsonObject, ownAddress: string): Promise<JsonObject> {
  if (params["door"] === "words") return { words: true };
  if (params["door"] !== "request") return { app: ownAddress };
  const { text, picture } = params;
  if (typeof text === "string") return { request: text };
  const file = typeof picture === "string" ? decodeBase64url(picture) : null;
  const found = file === null ? null : await readPicture(new Blob([file as Uint8Array<ArrayBuffer>]));
  if (found === null) throw new VaultError("LK-PAIR-MALFORMED", "picture has no QR code that can be read");
  return { request: found };
}
