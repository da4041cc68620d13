/** A file on its way to the host, which asks for it part by part. */
import { encodeBase64url } from "@latchkey/core/bytes/text";

/** In base64url below the longest answer that a host takes. */
const PART_BYTES = 60_000;

/** Each call gives the next part in base64url; empty at the end. */
export function createPartReader(file: Blob | null): () => Promise<string> {
  let at = 0;
  return async () => {
    if (file === null) return "";
    const part = new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer());
    at += part.length;
    return encodeBase64url(part);
  };
}
