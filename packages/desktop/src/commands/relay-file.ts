/** Where a relay's data is when `--file` does not say: beside the vault's own place, in a file of its own. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import type { CommandContext } from "../cli/context.ts";
import { deriveDefaultVaultPath } from "../cli/vault-path.ts";

const FILE_NAME = "relay.sqlite";

/** The absolute path. */
export function resolveRelayFile(given: string | undefined, { env }: CommandContext): string {
  if (given !== undefined) return resolve(given);
  return join(dirname(deriveDefaultVaultPath(process.platform, env, homedir())), FILE_NAME);
}

/** The same, where there must be one. Throws `LK-RELAY-CONFIG`. */
export function findRelayFile(given: string | undefined, context: CommandContext): string {
  const file = resolveRelayFile(given, context);
  if (!existsSync(file)) throw new VaultError("LK-RELAY-CONFIG", `there is no relay's file at ${file}`);
  return file;
}
