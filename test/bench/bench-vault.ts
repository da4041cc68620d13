/**
 * The vault that most rows use: 1 000 passkeys of sites, and one that the authenticator made for the bench's own site. It is protected
 * by a passphrase as shipped; the keys of its tiers are known, too. Rows work on copies.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import type { AskForKey } from "@latchkey/device-host/unlock";
import { systemRandom, VaultHost } from "@latchkey/desktop/host/vault-host";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { checkAnswer, MAKE_CREDENTIAL } from "./ctap-messages.ts";
import { makeVault } from "./made-vault.ts";
import type { Bench } from "./measure.ts";
import { createReleasedProtector, noteKeys, type TierKeys } from "./released-keys.ts";

export const PASSKEYS = 1_000;
/** Of a vault that exists for some minutes and holds nothing. */
export const PASSPHRASE = "only for the bench";

export interface BenchVault {
  readonly path: string;
  readonly keys: TierKeys;
}

export interface SizedVault extends BenchVault {
  /** Of made-up sites. */
  readonly passkeys: number;
}

export const fail = (fault: unknown): never => {
  throw fault;
};

export const releaseKeys =
  (keys: TierKeys): AskForKey =>
  async () =>
    createReleasedProtector(keys);

export const openHost = (path: string): VaultHost => new VaultHost(path, openVaultFile(path));

export async function makeBenchVault(bench: Bench): Promise<SizedVault> {
  bench.progress(`making a vault of ${PASSKEYS} passkeys`);
  const path = join(bench.folder, "vault.latchkey");
  const passphrase = encodePassphrase(PASSPHRASE);
  const protector = noteKeys(createPassphraseProtector({ passphrase, random: systemRandom }));
  await makeVault(path, PASSKEYS, protector);
  const keys = protector.keys();
  const host = openHost(path);
  try {
    const session = createCtapSession(host, releaseKeys(keys), fail);
    checkAnswer(await session.handle(MAKE_CREDENTIAL, NEVER_CANCELLED));
    session.end();
  } finally {
    await host.close();
  }
  return { path, passkeys: PASSKEYS, keys };
}

/** The same vault under another name. A closed vault is one file. */
export function copyVault(vault: BenchVault, name: string): BenchVault {
  const path = `${vault.path}.${name}`;
  copyFileSync(vault.path, path);
  return { ...vault, path };
}
