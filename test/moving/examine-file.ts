/** A file through the readers and the rules, with the host's own crypto: what `latchkey import --dry-run` does without a vault. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { createFileCrypto, verifySignature } from "@latchkey/desktop/file-crypto";
import { createExaminer, type ExamineDeps, type Examined } from "@latchkey/core/exchange/examine";
import { type FileReading, readExchangeFile } from "@latchkey/core/exchange/read-file";

/** The sample files, and `expected.json`: what a right importer says of each. */
export const SAMPLES = new URL("../../packages/core/test/vectors/exchange/", import.meta.url);

export const sampleFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, SAMPLES)));

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export interface ExamineOptions extends Partial<Omit<ExamineDeps, "format" | "exporter">> {
  readonly password?: string | undefined;
}

export async function examineFile(
  bytes: Uint8Array,
  { password, ...options }: ExamineOptions = {},
): Promise<{ readonly reading: FileReading; readonly examined: readonly Examined[] }> {
  const reading = await readExchangeFile(bytes, {
    crypto: createFileCrypto(),
    askPassword: async () => {
      if (password === undefined) throw new Error("nobody gave the test a password");
      return password;
    },
  });
  const examine = createExaminer({
    crypto: createNativeCredentialCrypto(),
    random,
    verify: verifySignature,
    now: Date.parse("2026-12-01T00:00:00Z"),
    find: () => null,
    isErased: () => false,
    hasAccount: () => false,
    assumeUnbacked: false,
    withTrash: false,
    sites: [],
    ...options,
    format: reading.format,
    exporter: reading.exporter,
  });
  return { reading, examined: reading.drafts.map(examine) };
}

export const examineJson = (value: unknown, options: ExamineOptions = {}) =>
  examineFile(new TextEncoder().encode(JSON.stringify(value)), options);
