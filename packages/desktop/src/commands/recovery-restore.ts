/** `latchkey recovery restore`: a new device out of a recovery page, from the mailbox or a backup file; then a new page. */
import { existsSync } from "node:fs";
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import { readPage } from "@latchkey/core/recovery/page-text";
import { joinPages } from "@latchkey/core/recovery/shares";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import type { RestoreFound } from "@latchkey/device-host/restore-from-page";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { recoveryRestoreSpec } from "../cli/specs/recovery.ts";
import { listPageRelays, restoreFile } from "../host/restore-from-page.ts";
import { systemRandom } from "../host/vault-host.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { countOf, textOf } from "./facts.ts";
import { chooseDeviceName, choosePassphrase, namePlatform } from "./new-device.ts";
import { checkPrintOptions } from "./print-page.ts";
import { readPages } from "./read-page.ts";
import { showNewPage } from "./recovery-create.ts";
import { withSession } from "./with-session.ts";

type Options = InputOf<typeof recoveryRestoreSpec>["options"];

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof recoveryRestoreSpec>,
): Promise<Outcome> {
  const { globals, terminal } = context;
  checkPrintOptions(context, options);
  checkChoice(options);
  if (existsSync(globals.vault)) throw new VaultError("LK-VAULT-EXISTS", `${globals.vault} exists already`);
  const name = chooseDeviceName(options.name);
  const texts = await readPages(context, options.scan);
  const passphrase = await choosePassphrase(context, options.generate);
  const restored = await restore(context, options, { name, texts, passphrase });
  const { found, removed } = restored;
  terminal.say(`${name} now holds a full copy: ${countOf(found.passkeys, "passkey")}`);
  if (removed.length > 0)
    terminal.say(
      `${countOf(removed.length, "device")} put out; what it held still works on it until you replace it at the sites`,
    );
  const onAsk = ({ kind }: { readonly kind: string }): Promise<string> | null =>
    kind === "passphrase" ? Promise.resolve(passphrase) : null;
  const page = await withSession(
    context,
    (session) =>
      session.call("recovery.create", { split: options.split !== undefined, restored: true }, { onAsk }),
    { withRelays: true },
  );
  const { data } = await showNewPage(context, page, options);
  return {
    data: {
      vault: globals.vault,
      from: found.from,
      current: found.isCurrent,
      removed: [...removed],
      ...data,
    },
  };
}

async function restore(
  context: CommandContext,
  options: Options,
  person: { readonly name: string; readonly texts: readonly string[]; readonly passphrase: string },
) {
  const pages = person.texts.map(readPage);
  const relays = listPageRelays(options.relay, pages, context.policy);
  if (relays.length === 0 && options.backup === undefined)
    throw new UsageError(
      "a typed page does not say where the vault's mailbox is",
      "give its address with --relay, or a backup file with --backup",
    );
  const secret = await joinPages(pages.map(({ page }) => page));
  const passphrase = encodePassphrase(person.passphrase);
  try {
    return await restoreFile({
      path: context.globals.vault,
      policy: context.policy,
      secret,
      relays,
      backup: options.backup ?? null,
      name: person.name,
      platform: namePlatform(process.platform),
      protector: createPassphraseProtector({ passphrase, random: systemRandom }),
      choose: (found) => chooseRemoved(context, options, found),
      reportFault: (fault) => context.terminal.detail(String(fault)),
      signal: context.signal,
    });
  } finally {
    wipe(secret, passphrase, ...pages.map(({ page }) => page.bytes));
  }
}

function checkChoice({ remove, "remove-all": all, "keep-all": none }: Options): void {
  if ([remove.length > 0, all, none].filter(Boolean).length > 1)
    throw new UsageError("--remove, --remove-all and --keep-all exclude each other");
}

/** Asked for each old device, unless the options or `--yes` have said it. */
async function chooseRemoved(
  context: CommandContext,
  { remove, "remove-all": all, "keep-all": none }: Options,
  { from, isCurrent, passkeys, devices }: RestoreFound,
): Promise<string[]> {
  const { globals, prompter, terminal } = context;
  terminal.say(
    `the page opens the vault: ${countOf(passkeys, "passkey")}, ${countOf(devices.length, "device")}` +
      (isCurrent ? "" : `, as of the ${from === "backup" ? "backup" : "last time it was heard of"}`),
  );
  const ids = devices.map(({ id }) => textOf(id));
  if (all || (globals.yes && remove.length === 0 && !none)) return ids;
  if (remove.length > 0 || none) return [...remove];
  const removed: string[] = [];
  for (const { id, name } of devices) {
    if (await prompter.askConfirmation(`is ${textOf(name)} lost? It is then put out of the vault`))
      removed.push(textOf(id));
  }
  return removed;
}
