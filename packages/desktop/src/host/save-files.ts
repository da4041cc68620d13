/** Files that a host gives out in parts (`file-parts.ts`), put where they belong: each is whole when it has its name, and none replaces another. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64url } from "@latchkey/core/bytes/text";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "@latchkey/device-host/json";
import { writeFinishedFile } from "./finished-file.ts";

export type SaveFile = (name: string, pieces: readonly Uint8Array[]) => Promise<void>;

export interface FileSaver {
  /** Of the host's events those that bring a file. */
  onTell(event: JsonObject): void;
  /** Resolves when all is written. Throws `LK-EXPORT-FILE`. */
  finish(): Promise<void>;
}

export function createFileSaver(save: SaveFile): FileSaver {
  const writes: Promise<void>[] = [];
  let pieces: Uint8Array[] = [];
  let name = "";
  return {
    onTell(event) {
      if (event["event"] === "file") name = event["name"] as string;
      else if (event["event"] === "part")
        pieces.push(decodeBase64url(event["data"] as string) ?? new Uint8Array(0));
      else if (event["event"] === "end") {
        const whole = pieces;
        pieces = [];
        const write = save(name, whole).finally(() => wipe(...whole));
        // Told by `finish`.
        write.catch(() => {});
        writes.push(write);
      }
    },
    finish: async () => void (await Promise.all(writes)),
  };
}

/** Into the file `path`, or where it `isFolder` into files of their own names. */
export function saveTo(path: string, isFolder: boolean): SaveFile {
  if (isFolder) makeFolder(path);
  return async (name, pieces) => {
    const whole = Buffer.concat(pieces);
    try {
      await writeFinishedFile(isFolder ? join(path, name) : path, pieces, (read) => compare(read, whole));
    } finally {
      wipe(whole);
    }
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new VaultError("LK-EXPORT-FILE", `${path} is no folder`, { cause: error });
  }
}

async function compare(read: AsyncIterable<Uint8Array>, whole: Buffer): Promise<void> {
  let at = 0;
  for await (const piece of read) {
    if (!whole.subarray(at, at + piece.length).equals(piece)) break;
    at += piece.length;
  }
  if (at !== whole.length)
    throw new VaultError("LK-EXPORT-FILE", "what was read back is not what was written");
}
