/** `latchkey backup restore`: a new vault out of a backup, with its passphrase or the recovery page. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import { readPage } from "@latchkey/core/recovery/page-text";
import { joinPages } from "@latchkey/core/recovery/shares";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { backupRestoreSpec } from "../cli/specs/backup.ts";
import { restoreBackup } from "../host/restore-backup.ts";
import { systemRandom } from "../host/vault-host.ts";
import { countOf } from "./facts.ts";
import { chooseDeviceName, choosePassphrase, namePlatform } from "./new-device.ts";
import { readPages } from "./read-page.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof backupRestoreSpec>,
): Promise<Outcome> {
  const { globals, terminal } = context;
  const file = resolve(positionals.file);
  if (existsSync(globals.vault)) throw new VaultError("LK-VAULT-EXISTS", `${globals.vault} exists already`);
  const name = chooseDeviceName(options.name);
  const hasPage = options.page || options.scan.length > 0;
  const key = hasPage
    ? { page: await readSecret(context, options.scan) }
    : { passphrase: await context.readPassphrase("passphrase of the backup:") };
  const chosen = encodePassphrase(await choosePassphrase(context, options.generate));
  try {
    const { passkeys } = await restoreBackup({
      path: globals.vault,
      file,
      key,
      name,
      platform: namePlatform(process.platform),
      protector: createPassphraseProtector({ passphrase: chosen, random: systemRandom }),
    });
    terminal.say(`a new vault with ${countOf(passkeys, "passkey")}; it goes on by itself from here`);
    return { data: { vault: globals.vault, device: name, passkeys } };
  } finally {
    wipe(chosen);
    if ("page" in key) wipe(key.page);
  }
}

async function readSecret(context: CommandContext, pictures: readonly string[]): Promise<Uint8Array> {
  const texts = await readPages(context, pictures);
  return joinPages(texts.map((text) => readPage(text).page));
}
