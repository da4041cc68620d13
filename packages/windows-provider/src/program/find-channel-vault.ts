/** Where a channel keeps its vault: `%LOCALAPPDATA%\Latchkey` and `%LOCALAPPDATA%\Latchkey Preview`. What is tried never opens the other. */
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { deriveDefaultVaultPath } from "@latchkey/desktop/cli/vault-path";
import type { Channel } from "../channel.ts";

export function findChannelVault(
  channel: Channel,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const usual = deriveDefaultVaultPath(process.platform, env, homedir());
  return join(dirname(dirname(usual)), channel.name, basename(usual));
}
