/** `latchkey init`: makes a vault. */
import { existsSync } from "node:fs";
import { wipe } from "@latchkey/core/crypto/wipe";
import { foundVault } from "@latchkey/core/device/found-vault";
import { VaultError } from "@latchkey/core/errors";
import { checkRelayAllowed } from "@latchkey/core/policy/policy";
import { parseRelayAddress, type RelayAddress } from "@latchkey/core/relay-protocol";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { initSpec } from "../cli/specs/vault.ts";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { makeVaultFile } from "../host/new-vault-file.ts";
import { systemClock, systemRandom } from "../host/vault-host.ts";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { UsageError } from "../terminal/usage-error.ts";
import { renderFacts } from "./facts.ts";
import { chooseDeviceName, choosePassphrase, namePlatform } from "./new-device.ts";
import { readRelayAddress } from "./relay-address.ts";

export async function run(context: CommandContext, { options }: InputOf<typeof initSpec>): Promise<Outcome> {
  const { vault } = context.globals;
  if (options["no-relay"] && options.relay.length > 0)
    throw new UsageError("--relay and --no-relay exclude each other");
  const name = chooseDeviceName(options.name);
  // Before anything is asked.
  if (existsSync(vault)) throw new VaultError("LK-VAULT-EXISTS", `${vault} exists already`);
  const relays: RelayAddress[] = [];
  for (const given of options.relay) relays.push(parseRelayAddress(await readRelayAddress(context, given)));
  for (const { origin } of relays) checkRelayAllowed(context.policy, origin);
  const passphrase = encodePassphrase(await choosePassphrase(context, options.generate));
  try {
    const protector = createPassphraseProtector({ passphrase, random: systemRandom });
    const crypto = createNativeCredentialCrypto();
    await makeVaultFile(vault, (store) =>
      foundVault({ store, random: systemRandom, clock: systemClock, crypto }, protector, {
        name,
        platform: namePlatform(process.platform),
        relays,
      }),
    );
  } finally {
    wipe(passphrase);
  }
  const origins = relays.map(({ origin }) => origin);
  sayNextSteps(context, origins.length > 0, options["no-relay"]);
  return {
    data: { vault, device: name, relays: origins },
    text: () =>
      renderFacts([
        ["vault", vault],
        ["this device", name],
        ["relay", origins.length === 0 ? "none: the vault stays on this machine" : origins.join(", ")],
      ]),
  };
}

function sayNextSteps({ terminal }: CommandContext, hasRelay: boolean, wantsNone: boolean): void {
  terminal.say("nobody can help without the passphrase: keep it where you find it again");
  if (hasRelay) {
    terminal.say("next: latchkey up keeps the vault open, latchkey device add adds a second copy");
    return;
  }
  terminal.say("next: latchkey up keeps the vault open");
  if (!wantsNone) terminal.say("for a vault on several devices, name a relay: latchkey relay add");
}
