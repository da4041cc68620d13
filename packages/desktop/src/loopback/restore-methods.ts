/**
 * Restoring a vault in the app of a machine without one (experience.md § 7, U8): pages and backup file come from the browser that the person chose them in, as
 * answers; the vault is made here, opened, and gets a new page in the place of the one that was used.
 */
import { decodeBase64url } from "@latchkey/core/bytes/text";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import { readPage } from "@latchkey/core/recovery/page-text";
import { joinPages } from "@latchkey/core/recovery/shares";
import type { Channel } from "@latchkey/device-host/channel";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { askForPassphrase } from "@latchkey/device-host/unlock";
import { namePlatform } from "../commands/new-device.ts";
import { listPageRelays, restoreFile } from "../host/restore-from-page.ts";
import { systemRandom } from "../host/vault-host.ts";
import type { JsonObject } from "../terminal/json.ts";
import { readName } from "./read-name.ts";
import type { ServedVault } from "./served-vault.ts";

interface Deps {
  readonly served: ServedVault;
}

export const RESTORE_METHODS = {
  /**
   * Params: `name`; `relay`, an address or empty; `backup`, whether there is a file. Asks for `page`: one a line; a passphrase; the file's `part`s, base64url,
   * empty at the end; and after it told what was `found`, for the ids of `lost` devices. Tells `restored` before the new page is made, which it returns
   * (`recovery.create`). Throws what `restoreFromPage` throws; then there is no vault.
   */
  async "vault.restore"({ served }: Deps, params: JsonObject, channel: Channel): Promise<JsonObject> {
    const name = readName(params["name"]);
    const passphrase = await restore(served, name, params, channel);
    channel.tell({ event: "restored" });
    await served.adopt(askForPassphrase(async () => passphrase, systemRandom));
    return served.call(
      "recovery.create",
      { split: false, restored: true },
      { ...channel, ask: () => Promise.resolve(passphrase) },
    );
  },
};

/** Returns the passphrase of the new device. */
async function restore(
  served: ServedVault,
  name: string,
  params: JsonObject,
  channel: Channel,
): Promise<string> {
  const texts = (await channel.ask({ kind: "request", purpose: "page" })).split("\n");
  const pages = texts.map(readPage);
  const given = typeof params["relay"] === "string" ? params["relay"].trim() : "";
  const relays = listPageRelays(given === "" ? [] : [given], pages, served.machine.policy);
  const hasBackup = params["backup"] === true;
  if (relays.length === 0 && !hasBackup)
    throw new VaultError("LK-RECOVERY-NOTHING", "there is neither a mailbox nor a backup file");
  const secret = await joinPages(pages.map(({ page }) => page));
  const passphrase = await channel.ask({ kind: "passphrase", purpose: "protect this copy of the vault" });
  const encoded = encodePassphrase(passphrase);
  try {
    await restoreFile({
      path: served.path,
      policy: served.machine.policy,
      secret,
      relays,
      backup: hasBackup ? askForParts(channel) : null,
      name,
      platform: namePlatform(process.platform),
      protector: createPassphraseProtector({ passphrase: encoded, random: systemRandom }),
      async choose({ from, isCurrent, passkeys, devices }) {
        channel.tell({ event: "found", found: { from, isCurrent, passkeys, devices: [...devices] } });
        const lost = await channel.ask({ kind: "request", purpose: "lost" });
        return lost.split(" ").filter((id) => id !== "");
      },
      reportFault: served.reportFault,
      signal: channel.signal,
    });
    return passphrase;
  } finally {
    wipe(secret, encoded, ...pages.map(({ page }) => page.bytes));
  }
}

async function* askForParts(channel: Channel): AsyncGenerator<Uint8Array> {
  for (;;) {
    const part = decodeBase64url(await channel.ask({ kind: "request", purpose: "part" }));
    if (part === null) throw new VaultError("LK-CLI-HOST", "part of a file is not base64url");
    if (part.length === 0) return;
    yield part;
  }
}
