/** The files of an import at the command's end: given to the host in parts when it asks for them (`host/file-parts.ts`). */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { readByte } from "../cli/descriptor-bytes.ts";
import { PART_BYTES } from "../host/file-parts.ts";

export interface FileSource {
  /** What the host asked for: `file` or `part`. */
  answer(purpose: string): Promise<string>;
}

const STDIN = "-";

/** A file, the `.passkey` files of a folder in order of their names, or standard input. Throws `LK-IMPORT-FILE`. */
export function openSource(path: string, signal: AbortSignal): FileSource {
  if (path === STDIN) return createSource([STDIN], signal);
  try {
    if (!statSync(path).isDirectory()) return createSource([path], signal);
    const names = readdirSync(path).filter((name) => name.toLowerCase().endsWith(".passkey"));
    if (names.length === 0) throw new VaultError("LK-IMPORT-FILE", `folder ${path} has no .passkey files`);
    return createSource(
      names.sort().map((name) => join(path, name)),
      signal,
    );
  } catch (error) {
    throw error instanceof VaultError ? error : unreadable(path, error);
  }
}

function createSource(paths: readonly string[], signal: AbortSignal): FileSource {
  const left = [...paths];
  let open: number | null = null;
  let path = "";

  return {
    async answer(purpose) {
      try {
        return purpose === "file" ? next() : await readPart();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw unreadable(path, error);
      }
    },
  };

  function next(): string {
    const file = left.shift();
    if (file === undefined) return "";
    path = file;
    open = file === STDIN ? 0 : openSync(file, "r");
    return basename(file);
  }

  async function readPart(): Promise<string> {
    if (open === null) return "";
    const part = open === 0 ? await readStdin() : readFile(open);
    if (part.length === 0) {
      if (open !== 0) closeSync(open);
      open = null;
    }
    return part.toString("base64url");
  }

  /** What a passphrase was read from goes on where its line ended. */
  async function readStdin(): Promise<Buffer> {
    const bytes: number[] = [];
    while (bytes.length < PART_BYTES) {
      const byte = await readByte(0, signal);
      if (byte === null) break;
      bytes.push(byte);
    }
    return Buffer.from(bytes);
  }
}

function readFile(descriptor: number): Buffer {
  const part = Buffer.alloc(PART_BYTES);
  return part.subarray(0, readSync(descriptor, part, 0, PART_BYTES, null));
}

const unreadable = (path: string, error: unknown): VaultError =>
  new VaultError("LK-IMPORT-FILE", `${path}: ${(error as NodeJS.ErrnoException).code ?? "failed"}`, {
    cause: error,
  });
