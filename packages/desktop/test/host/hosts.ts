/** Whole hosts for tests: real vault files in a temporary folder, real core, keys protected by a passphrase at a low cost. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foundVault } from "@latchkey/core/device/found-vault";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { makeVaultFile } from "../../src/host/new-vault-file.ts";
import type { AskForKey } from "@latchkey/device-host/unlock";
import { systemClock, systemRandom, VaultHost } from "../../src/host/vault-host.ts";
import { createNativeCredentialCrypto } from "../../src/credential-crypto.ts";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { openVaultFile } from "../../src/vault-file/vault-file.ts";

const CHEAP = { memoryKiB: 64, passes: 1, parallelism: 1 };

export const makeProtector = (text = "correct horse") =>
  createPassphraseProtector({ passphrase: encodePassphrase(text), random: systemRandom, cost: CHEAP });

/** Answers every verification with this passphrase. */
export const withPassphrase =
  (text = "correct horse"): AskForKey =>
  async () =>
    makeProtector(text);

export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function foundHost(path: string, name: string, relays: readonly string[]): Promise<VaultHost> {
  const crypto = createNativeCredentialCrypto();
  await makeVaultFile(path, (store) =>
    foundVault({ store, random: systemRandom, clock: systemClock, crypto }, makeProtector(), {
      name,
      platform: "Linux",
      relays: relays.map(parseRelayAddress),
    }),
  );
  return openHost(path);
}

export const openHost = (path: string): VaultHost => new VaultHost(path, openVaultFile(path));

/** Resolves when `isTrue` holds; the test's own time limit is the only one. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}
