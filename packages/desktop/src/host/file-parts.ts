/**
 * Files between a host and whoever asks it, in parts that fit a message and one after the other, whichever side has the file:
 *
 *   host asks     request "file"       name of the next file, empty when there are no more
 *   host asks     request "part"       its next part in base64url, empty at its end
 *   host tells    file {name}, then part {data} and asks request "proceed" before the next
 *
 * The host never learns a path, and nothing waits in memory but one part.
 */
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import { checkFileSize } from "@latchkey/core/exchange/json-file";
import { VaultError } from "@latchkey/core/errors";
import type { Channel } from "@latchkey/device-host/channel";

/** In base64url below the longest answer of the control socket. */
export const PART_BYTES = 60_000;
/** Of a folder of single passkeys. */
const MAX_FILES = 10_000;

export interface ReceivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Throws `LK-IMPORT-TOO-LARGE`, `LK-CLI-HOST`. The files are in memory, never on a disk. */
export async function receiveFiles(channel: Channel): Promise<ReceivedFile[]> {
  const files: ReceivedFile[] = [];
  let total = 0;
  for (;;) {
    const name = await channel.ask({ kind: "request", purpose: "file" });
    if (name === "") return files;
    if (files.length === MAX_FILES)
      throw new VaultError("LK-IMPORT-TOO-LARGE", `over ${MAX_FILES} files at once`);
    const parts: Uint8Array[] = [];
    for (;;) {
      const answer = await channel.ask({ kind: "request", purpose: "part" });
      if (answer === "") break;
      const part = decodeBase64url(answer);
      if (part === null) throw new VaultError("LK-CLI-HOST", "part of a file is not base64url");
      total += part.length;
      checkFileSize(total);
      parts.push(part);
    }
    files.push({ name, bytes: new Uint8Array(Buffer.concat(parts)) });
  }
}

/** The other direction. */
export async function sendFile(channel: Channel, name: string, bytes: Uint8Array): Promise<void> {
  channel.tell({ event: "file", name });
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    channel.tell({ event: "part", data: encodeBase64url(bytes.subarray(at, at + PART_BYTES)) });
    await channel.ask({ kind: "request", purpose: "proceed" });
  }
  channel.tell({ event: "end" });
}
